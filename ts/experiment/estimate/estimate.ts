/** What a run will take, before it is begun: from the plan, the questions' lengths, the model's sizes and the device's speed. */
import { type Experiment, type Sampler, samplerOf } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import { type Plan, planOf } from "../plan/plan.ts";
import { artefactsIn } from "../run/runner.ts";
import type { Lengths } from "../stages/cost.ts";
import { stages } from "../stages/index.ts";
import { keyOfNode, type PlanNode, recipeOf } from "../stages/node.ts";
import { adviceFor, gigabytes } from "./advice.ts";
import { type Cluster, type ClusterPlan, planCluster } from "./cluster.ts";
import type { Splits } from "./lengths.ts";
import { type Described, type EstimateOptions, type Measured, Measurements } from "./measurements.ts";
import { type Setup, trainedParameters } from "./memory.ts";
import { assumedPace, type Pace, type Speed } from "./pace.ts";
import type { Dtype } from "./shape.ts";
import { estimateStage, resumeBytes, type StageEstimate, type Work, withVllm, worksOf } from "./stage.ts";
import { tooLong } from "./too-long.ts";

export interface Estimate {
  model: string;
  parameters: number;
  /** Those that are trained. */
  trained: number;
  setup: Omit<Setup, "shape">;
  /** What will draw the samples. */
  sampler: Sampler["name"];
  device: { name: string; description: string; freeBytes: number };
  speed: Speed;
  /** Seconds of the work's parts. They were measured, or for a reason follow from sizes and the device's speed. */
  pace: Pace & ({ measured: true } | { measured: false; reason: string });
  stages: StageEstimate[];
  /** Of the stages whose time is known. */
  seconds: number;
  peakBytes: number;
  /** The weights of all stages, and the largest state from which a run can go on. */
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
  const finished = await Promise.all(plan.nodes.map((node) => store.find(recipeOf(node))));
  const missing = plan.nodes.filter((_, at) => finished[at] === undefined);
  const measurements = new Measurements(options);
  try {
    return await estimateOf(experiment, plan, missing, measurements);
  } finally {
    await measurements.close();
  }
}

/** Of some of a plan's pieces of work; undefined where none of them uses a model. */
export async function estimateOf(
  experiment: Experiment,
  plan: Plan,
  missing: readonly PlanNode[],
  measurements: Measurements,
): Promise<Estimate | undefined> {
  if (missing.every(({ cost }) => cost === undefined)) return undefined;
  const { model, works, sampler, long, questionsNodes } = await workOf(
    experiment,
    plan,
    missing,
    measurements,
  );
  const measured = await measurements.speed(experiment);
  const setup = setupOf(experiment, model, measured);
  const examples = (await Promise.all(questionsNodes.map((node) => model.examplesOf(node)))).flat();
  const tried = { setup, speed: measured.speed, works, examples };
  const rehearsed = await measurements.pace(experiment, model, tried);
  const samplings = works.flatMap(({ sampled = [] }) => sampled);
  const pace: Estimate["pace"] =
    "pace" in rehearsed
      ? { ...rehearsed.pace, measured: true }
      : { ...assumedPace(setup, measured.speed, samplings), measured: false, reason: rehearsed.reason };
  const sum = summed(setup, model, works, measured, pace);
  return { ...sum, sampler, warnings: [...sum.warnings, ...long] };
}

/** What a plan's missing nodes send through the model, and what of it the model cannot take. */
async function workOf(
  experiment: Experiment,
  { nodes, seeds }: Plan,
  missing: readonly PlanNode[],
  measurements: Measurements,
) {
  const model = await measurements.model(experiment, nodes);
  const lengths = new Map<string, Splits<Lengths>>();
  const questions = new Map<string, Splits<Question[]>>();
  for (const node of nodes.filter(({ stage }) => stage === stages.questions.name)) {
    questions.set(keyOfNode(node), await measurements.questions(node, experiment));
    lengths.set(keyOfNode(node), await model.lengthsOf(node));
  }
  const sampler = samplerOf(experiment.worker).name;
  const own = worksOf(missing, (node) => lengths.get(keyOfNode(node)), [...lengths.values()][0]);
  const works = sampler === "vllm" ? own.map(withVllm) : own;
  const { tasks } = seeds[0]!;
  const questionsNode = (at: number): PlanNode => {
    const { questions: node } = tasks[at]!;
    // Under the model's own chat template the prompts are made of the questions.
    return node.inputs.questions ?? node;
  };
  const questionsOfTask = (at: number) => questions.get(keyOfNode(questionsNode(at)))!;
  const { evaluate } = experiment.stages;
  const limits = { limit: model.shape.maxPositions, count: model.count };
  const long = await tooLong(tasks, questionsOfTask, evaluate, limits);
  return { model, works, sampler, long, questionsNodes: tasks.map((_, at) => questionsNode(at)) };
}

export interface PlannedElsewhere {
  plan: ClusterPlan;
  /** The model, in a line of the table. */
  model: Pick<Estimate, "model" | "parameters" | "trained" | "setup">;
  warnings: string[];
}

/** What the whole of an experiment would take on devices that need not be there. Nothing is measured or written. */
export async function planElsewhere(
  experiment: Experiment,
  options: EstimateOptions,
  cluster: Cluster,
): Promise<PlannedElsewhere> {
  const plan = await planOf(experiment);
  const measurements = new Measurements(options);
  try {
    const { model, works, long } = await workOf(experiment, plan, plan.nodes, measurements);
    const { dtype } = experiment.model;
    const whole = setupOf(experiment, model, {
      speed: { dtype: dtype === "auto" ? model.shape.dtype : dtype },
      device: { name: "cuda", freeBytes: cluster.kind.memoryBytes },
    });
    const { shape, ...setup } = whole;
    const sizes = { parameters: shape.parameters, trained: trainedParameters(whole) };
    return {
      plan: planCluster(whole, works, cluster),
      model: { model: model.name, ...sizes, setup },
      warnings: long,
    };
  } finally {
    await measurements.close();
  }
}

const setupOf = (
  {
    model: { adapter, gradientCheckpointing },
    worker: { maxTokensPerBatch, samplesAtOnce, devices, nodes, sharding },
  }: Experiment,
  { shape }: Pick<Described, "shape">,
  { speed, device }: { speed: { dtype: string }; device: Pick<Measured["device"], "name" | "freeBytes"> },
): Setup => ({
  shape,
  dtype: speed.dtype as Dtype,
  adapter,
  gradientCheckpointing,
  maxTokensPerBatch,
  samplesAtOnce,
  accelerator: device.name !== "cpu",
  // Processes on a CPU share its memory.
  freeBytes: device.name === "cpu" ? device.freeBytes / devices : device.freeBytes,
  ...(devices * nodes > 1 ? { ranks: { devices: devices * nodes, nodes, sharding } } : {}),
});

function summed(
  whole: Setup,
  { name }: Pick<Described, "name">,
  works: readonly Work[],
  { speed, device: { name: deviceName, description, freeBytes } }: Measured,
  pace: Estimate["pace"],
): Omit<Estimate, "sampler"> {
  const device = { name: deviceName, description, freeBytes };
  const { shape, ...setup } = whole;
  const estimates = works.map((work) => estimateStage(whole, pace, work));
  const peakBytes = Math.max(...estimates.map(({ memoryBytes }) => memoryBytes));
  const savesStates = works.some(({ trained }) => trained?.savesStates);
  const { flopsPerSecond, bytesPerSecond, secondsPerCall } = speed;
  return {
    model: name,
    parameters: shape.parameters,
    trained: trainedParameters(whole),
    setup,
    device,
    speed: { flopsPerSecond, bytesPerSecond, secondsPerCall },
    pace,
    stages: estimates,
    seconds: sumOf(estimates, ({ seconds = 0 }) => seconds),
    peakBytes,
    diskBytes: sumOf(estimates, ({ diskBytes }) => diskBytes) + (savesStates ? resumeBytes(whole) : 0),
    warnings: peakBytes > device.freeBytes ? [tooMuch(whole, works, estimates, device)] : [],
  };
}

function tooMuch(
  setup: Setup,
  works: readonly Work[],
  estimates: readonly StageEstimate[],
  { name, freeBytes }: Estimate["device"],
): string {
  const highest = estimates.reduce((a, b) => (b.memoryBytes > a.memoryBytes ? b : a));
  const needs = `${highest.label} needs about ${gigabytes(highest.memoryBytes)}`;
  return `${needs}, ${name} has ${gigabytes(freeBytes)} free: ${adviceFor(setup, works, freeBytes)}`;
}
