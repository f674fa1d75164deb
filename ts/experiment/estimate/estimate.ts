/** What a run will take, before it is begun: from the plan, the questions' lengths, the model's sizes and the device's speed. */
import { ensurePython, type Result, startWorker, type Worker } from "../../bridge/index.ts";
import type { Experiment, Model } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Question } from "../../core/records.ts";
import type { PlanNode } from "../context.ts";
import { planOf, recipeOf } from "../plan.ts";
import { artefactsIn } from "../runner.ts";
import { keyOf } from "../store.ts";
import { adviceFor, gigabytes } from "./advice.ts";
import { type Count, type LengthsOf, lengthsOf, promptText, questionsOf, type Split } from "./lengths.ts";
import type { Setup } from "./memory.ts";
import { adapterParameters, type Dtype, type ModelShape, shapeOfCreated } from "./shape.ts";
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

export interface EstimateOptions {
  runsDirectory: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** Of what is still to be done; undefined where no model is used any more. Nothing is written. */
export async function estimate(
  experiment: Experiment,
  options: EstimateOptions,
): Promise<Estimate | undefined> {
  const { nodes, seeds } = await planOf(experiment);
  const todo = await missing(nodes, options.runsDirectory);
  if (!todo.some(usesModel)) return undefined;
  const { progress, signal } = options;
  const { python, threads } = experiment.worker;
  const interpreter = await ensurePython({ python, progress, signal });
  const worker = await startWorker({
    transport: "stdio",
    python: interpreter,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    const questions = await allQuestions(nodes, experiment, options);
    const model = await described(experiment.model, worker, [...questions.values()]);
    const lengths = new Map<string, LengthsOf>();
    for (const [key, splits] of questions) lengths.set(key, await lengthsOf(splits, model.count));
    const works = todo.flatMap((node) => workOf(node, (one) => lengths.get(keyOf(recipeOf(one)))!) ?? []);
    const { tasks } = seeds[0]!;
    const questionsOfTask = (at: number) =>
      questions.get(keyOf(recipeOf(questionsUnder(tasks[at]!.questions))))!;
    // The tokenizer of a model that is yet to be made is only guessed at.
    const { maxPositions } = experiment.model.create === undefined ? model.shape : { maxPositions: 0 };
    const { evaluate } = experiment.stages;
    const long = await tooLong(tasks, questionsOfTask, evaluate, maxPositions, model.count);
    const found = summed(experiment, model, works, await measured(experiment, worker));
    return { ...found, warnings: [...found.warnings, ...long] };
  } finally {
    await worker.close();
  }
}

const usesModel = ({ stage }: PlanNode): boolean =>
  ["vft", "align", "sample", "score", "evaluate"].includes(stage);

async function missing(nodes: readonly PlanNode[], runsDirectory: string): Promise<PlanNode[]> {
  const store = artefactsIn(runsDirectory);
  const found = await Promise.all(nodes.map((node) => store.find(recipeOf(node))));
  return nodes.filter((_, at) => found[at] === undefined);
}

async function allQuestions(
  nodes: readonly PlanNode[],
  experiment: Experiment,
  { runsDirectory, progress, signal }: EstimateOptions,
): Promise<Map<string, Record<Split, Question[]>>> {
  const context = { experiment, progress, signal, worker: () => Promise.reject(noWorker()) };
  const store = artefactsIn(runsDirectory);
  const found = new Map<string, Record<Split, Question[]>>();
  for (const node of nodes.filter(({ stage }) => stage === "questions"))
    found.set(keyOf(recipeOf(node)), await questionsOf(node, store, context));
  return found;
}

const noWorker = () => failure({ what: "questions are read without a model" });

interface Described {
  name: string;
  shape: ModelShape;
  count: Count;
}

/** A model that is there tells its sizes and counts by its own tokenizer; one yet to be made is worked out. */
async function described(
  model: Model,
  worker: Worker,
  questions: readonly Record<Split, Question[]>[],
): Promise<Described> {
  const { create } = model;
  if (create === undefined) {
    const source = model.hub ?? model.path!;
    const named = { source, ...(model.revision === undefined ? {} : { revision: model.revision }) };
    const shape = await worker.request("model/inspect", named);
    const count: Count = async (texts) =>
      (await worker.request("tokens/count", { ...named, texts: [...texts] })).counts;
    return { name: source, shape, count };
  }
  const words = create.tokenizer.kind === "words";
  const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");
  const count: Count = async (texts) =>
    texts.map((text) => (words ? wordsOf(text).length : Math.ceil(text.length / charactersPerToken)));
  const texts = questions.flatMap(({ train }) =>
    train.flatMap((question) => [promptText(question), question.reference ?? ""]),
  );
  const vocabulary = words ? new Set(texts.flatMap(wordsOf)).size : (create.tokenizer.vocabularySize ?? 4096);
  return { name: "a model made from scratch", shape: shapeOfCreated(create, vocabulary), count };
}

/** Of a byte-pair tokenizer that is yet to be trained. */
const charactersPerToken = 3;

interface Measured {
  speed: Result<"device/speed">;
  device: Estimate["device"];
}

async function measured(experiment: Experiment, worker: Worker): Promise<Measured> {
  const { devices } = await worker.request("device/info", {});
  const { dtype } = experiment.model;
  const speed = await worker.request("device/speed", { device: experiment.worker.device, dtype });
  const found = devices.find(({ name }) => name === speed.device)!;
  const { name, description, freeBytes } = found;
  return { speed, device: { name, description, freeBytes } };
}

function summed(
  { model, worker }: Experiment,
  { name, shape }: Described,
  works: readonly Work[],
  { speed, device }: Measured,
): Estimate {
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
  const resumable = works.some(({ trained }) => trained?.saved === true);
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
    diskBytes:
      stages.reduce((sum, { diskBytes }) => sum + diskBytes, 0) + (resumable ? resumeBytes(whole) : 0),
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
