/** What a run will take, before it is begun: from the plan, the questions' lengths, the model's sizes and the device's speed. */
import { type Experiment, trainingOf } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import { type Plan, planOf, recipeOf } from "../plan/plan.ts";
import { artefactsIn } from "../run/runner.ts";
import type { PlanNode } from "../stages/context.ts";
import { keyOf } from "../store/store.ts";
import { adviceFor, gigabytes } from "./advice.ts";
import { type Described, type EstimateOptions, Facts, type Measured } from "./facts.ts";
import type { LengthsOf, Split } from "./lengths.ts";
import type { Setup } from "./memory.ts";
import { adapterParameters, type Dtype } from "./shape.ts";
import { estimateStage, resumeBytes, type StageEstimate } from "./stages.ts";
import type { Speed } from "./time.ts";
import { tooLong } from "./too-long.ts";
import { questionsUnder, type Work, workOf } from "./work.ts";

export interface Estimate {
  model: string;
  parameters: number;
  /** Those that are trained. */
  trained: number;
  setup: Omit<Setup, "shape">;
  device: { name: string; description: string; freeBytes: number };
  speed: Speed;
  stages: StageEstimate[];
  seconds: number;
  peakBytes: number;
  /** Checkpoints of all stages, and the largest state from which a run can go on. */
  diskBytes: number;
  /** One line where it does not fit, with what to change, and one for questions that the model cannot take. */
  warnings: string[];
}

/** Of what is still to be done; undefined where no model is used any more. Nothing is written. */
export async function estimate(
  experiment: Experiment,
  options: EstimateOptions,
): Promise<Estimate | undefined> {
  const plan = await planOf(experiment);
  const store = artefactsIn(options.runsDirectory);
  const found = await Promise.all(plan.nodes.map((node) => store.find(recipeOf(node))));
  const todo = plan.nodes.filter((_, at) => found[at] === undefined);
  const facts = new Facts(options);
  try {
    return await estimateOf(experiment, plan, todo, facts);
  } finally {
    await facts.close();
  }
}

/** Of some of a plan's pieces of work; undefined where none of them uses a model. */
export async function estimateOf(
  experiment: Experiment,
  { nodes, seeds }: Plan,
  todo: readonly PlanNode[],
  facts: Facts,
): Promise<Estimate | undefined> {
  if (!todo.some(usesModel)) return undefined;
  const model = await facts.model(experiment, nodes);
  const lengths = new Map<string, LengthsOf>();
  const questions = new Map<string, Record<Split, Question[]>>();
  for (const node of nodes.filter(({ stage }) => stage === "questions")) {
    const key = keyOf(recipeOf(node));
    questions.set(key, await facts.questions(node, experiment));
    lengths.set(key, await model.lengthsOf(node));
  }
  const works = todo.flatMap((node) => workOf(node, (one) => lengths.get(keyOf(recipeOf(one)))!) ?? []);
  const { tasks } = seeds[0]!;
  const questionsOfTask = (at: number) =>
    questions.get(keyOf(recipeOf(questionsUnder(tasks[at]!.questions))))!;
  const { evaluate } = experiment.stages;
  const long = await tooLong(tasks, questionsOfTask, evaluate, model.shape.maxPositions, model.count);
  const saved = todo.some((node) => savesState(experiment, node));
  const sum = summed(experiment, model, { works, saved }, await facts.speed(experiment));
  return { ...sum, warnings: [...sum.warnings, ...long] };
}

const usesModel = ({ stage }: PlanNode): boolean =>
  ["vft", "align", "sample", "score", "evaluate"].includes(stage);

/** Whether it leaves states to go on from while it trains; how often is in no node's settings. */
function savesState(experiment: Experiment, { stage, method }: PlanNode): boolean {
  if (stage === "vft") return experiment.stages.vft.saveEvery > 0;
  return stage === "align" && (trainingOf(experiment, method!)?.saveEvery ?? 0) > 0;
}

function summed(
  { model, worker }: Experiment,
  { name, shape }: Pick<Described, "name" | "shape">,
  { works, saved }: { works: readonly Work[]; saved: boolean },
  { speed, device: { name: deviceName, description, freeBytes } }: Measured,
): Estimate {
  const device = { name: deviceName, description, freeBytes };
  const { adapter, gradientCheckpointing } = model;
  const setup: Omit<Setup, "shape"> = {
    dtype: speed.dtype as Dtype,
    adapter,
    gradientCheckpointing,
    maxTokensPerBatch: worker.maxTokensPerBatch,
    accelerator: device.name !== "cpu",
  };
  const whole: Setup = { ...setup, shape };
  const stages = works.map((work) => estimateStage(whole, speed, work));
  const peakBytes = Math.max(...stages.map(({ memoryBytes }) => memoryBytes));
  const { flopsPerSecond, bytesPerSecond, secondsPerCall } = speed;
  return {
    model: name,
    parameters: shape.parameters,
    trained: adapter === undefined ? shape.parameters : adapterParameters(shape, adapter),
    setup,
    device,
    speed: { flopsPerSecond, bytesPerSecond, secondsPerCall },
    stages,
    seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0),
    peakBytes,
    diskBytes: stages.reduce((sum, { diskBytes }) => sum + diskBytes, 0) + (saved ? resumeBytes(whole) : 0),
    warnings: peakBytes > device.freeBytes ? [tooMuch(whole, works, stages, device)] : [],
  };
}

function tooMuch(
  setup: Setup,
  works: readonly Work[],
  stages: readonly StageEstimate[],
  { name, freeBytes }: Estimate["device"],
): string {
  const highest = stages.reduce((a, b) => (b.memoryBytes > a.memoryBytes ? b : a));
  const needs = `${highest.label} needs about ${gigabytes(highest.memoryBytes)}`;
  return `${needs}, ${name} has ${gigabytes(freeBytes)} free: ${adviceFor(setup, works, freeBytes)}`;
}
