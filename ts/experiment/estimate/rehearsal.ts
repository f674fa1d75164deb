/**
 * How fast a run's own work goes: some steps of training, some samples and some scores by the run's own worker, of a model of
 * the same sizes with random weights. A model that is too large for that has its first layers measured, few and more, and the
 * rest follows from the difference.
 */
import { type Requests, type TrainGroup, WorkerFailure } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import type { Trained } from "../stages/cost.ts";
import { type Setup, samplesAtOnce, scoringMemory, total, trainingMemory } from "./memory.ts";
import {
  atDepth,
  type Batch,
  lineThrough,
  type Pace,
  type Speed,
  scoringFlops,
  trainingFlops,
} from "./pace.ts";
import { multiplied } from "./shape.ts";
import type { Work } from "./stage.ts";

/** A question to rehearse with. */
export interface Example {
  prompt: string;
  response: string;
  /** Tokens of both. */
  tokens: number;
}

export interface Rehearsal {
  worker: Requests;
  setup: Setup;
  speed: Pick<Speed, "flopsPerSecond">;
  works: readonly Work[];
  /** Some questions, as they lie in the run. */
  examples: readonly Example[];
  /** Loads so many of its layers. */
  load(layers: number): Promise<{ model: string }>;
  signal: AbortSignal;
  /** That each thing is measured for, about. */
  seconds: number;
  /** In ms; there for tests. */
  now?: () => number;
}

/** Seconds that the least that can be measured may take. */
const patience = 4;
/** Of the device's measured FLOP/s, for choosing how much to measure: small models reach far less than large ones. */
const cautious = 0.2;
/** Of the free memory. */
const memoryShare = 0.6;
const mostPairs = 8;
const steps = { least: 3, most: 40 };

/** A pace that was measured, or why there is none. */
export type Rehearsed = { pace: Pace } | { reason: string };

/** An error of the worker, such as a model that has no room here, is a reason to go by sizes, and none to say nothing. */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  if (rehearsal.examples.length === 0) return { reason: "there is no training question to try it with" };
  const depths = depthsOf(rehearsal);
  if (depths.length === 0) return { reason: "the model is too large to be tried here" };
  try {
    return { pace: await measuredPace(rehearsal, depths) };
  } catch (error) {
    if (error instanceof WorkerFailure && !rehearsal.signal.aborted)
      return { reason: `trying it failed: ${error.problems[0]!.what}` };
    throw error;
  }
}

async function measuredPace(rehearsal: Rehearsal, depths: readonly number[]): Promise<Pace> {
  const { setup } = rehearsal;
  // What the worker imports at its first model is no part of loading one.
  await withModel(rehearsal, 1, async () => {});
  const measured: { layers: number; pace: Pace }[] = [];
  for (const layers of depths) {
    const cut = { ...rehearsal, setup: withLayers(setup, layers), whole: setup };
    const pace = await withModel(rehearsal, layers, async (model, load) => ({
      load,
      ...(await paceOf(model, cut)),
    }));
    measured.push({ layers, pace });
  }
  const [few, more] = measured;
  return more === undefined ? few!.pace : atDepth(setup.shape.layers, few!, more);
}

/** @param use gets the model, and the seconds that it took to load */
async function withModel<T>(
  { worker, load, now = () => performance.now() }: Rehearsal,
  layers: number,
  use: (model: string, seconds: number) => Promise<T>,
): Promise<T> {
  const started = now();
  const { model } = await load(layers);
  const seconds = (now() - started) / 1000;
  try {
    return await use(model, seconds);
  } finally {
    await worker.request("model/unload", { model }).catch(() => {});
  }
}

/** All layers; or one, and as many more as weigh as much as the head, so that the difference stands out of the noise; or none. */
export function depthsOf({
  setup,
  speed,
  works,
  examples,
  seconds: each,
}: Pick<Rehearsal, "setup" | "speed" | "works" | "examples" | "seconds">): number[] {
  const { layers } = setup.shape;
  const head = multiplied(withLayers(setup, 0).shape);
  const block = (multiplied(setup.shape) - head) / layers;
  const more = Math.min(layers, 1 + Math.max(2, Math.ceil(head / block)));
  const tokens = Math.min(...examples.map((example) => example.tokens));
  const trains = works.some(({ trained }) => trained !== undefined);
  const perStep = Math.max(tokens, ...works.map(({ trained }) => trained?.perStep ?? 0));
  const atOnce = Math.min(setup.maxTokensPerBatch, perStep);
  const fits = (depth: number, seconds: number): boolean => {
    const cut = withLayers(setup, depth);
    const flops = tokens * (trains ? trainingFlops(cut) : scoringFlops(cut));
    const bytes = total(trains ? trainingMemory(cut, atOnce) : scoringMemory(cut, atOnce));
    return flops / (cautious * speed.flopsPerSecond) <= seconds && bytes <= memoryShare * setup.freeBytes;
  };
  if (more === layers || fits(layers, each / 8)) return fits(layers, patience) ? [layers] : [];
  return fits(more, patience) ? [1, more] : [];
}

/** The same model with its first layers alone. */
export function withLayers(setup: Setup, layers: number): Setup {
  const { shape } = setup;
  const linearLayers = shape.linearLayers.map((linear) => ({
    ...linear,
    count: (linear.count * layers) / shape.layers,
  }));
  const inBlocks = shape.linearLayers.reduce(
    (sum, { count, inputs, outputs }) => sum + count * inputs * outputs,
    0,
  );
  const parameters = shape.parameters - Math.round(inBlocks * (1 - layers / shape.layers));
  return { ...setup, shape: { ...shape, layers, parameters, linearLayers } };
}

/** Of a model with so many of the layers as `setup` has. */
interface Cut extends Rehearsal {
  whole: Setup;
}

async function paceOf(model: string, rehearsal: Cut): Promise<Omit<Pace, "load">> {
  const { works } = rehearsal;
  const clock = rehearsal.now ?? (() => performance.now());
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    rehearsal.signal.throwIfAborted();
    const started = clock();
    await work();
    return (clock() - started) / 1000;
  };
  // Sampling comes first: training changes the weights, whose digest would then be worked out.
  const scored = { token: await scoringPace(model, rehearsal, seconds) };
  const sampled = await samplingPace(model, rehearsal, scored.token, seconds);
  const trainings = works.flatMap(({ trained }) => trained ?? []);
  const trained = await trainingPace(model, rehearsal, trainings, clock);
  return { trained, scored, sampled };
}

type Seconds = (work: () => Promise<unknown>) => Promise<number>;

/** Tokens that go through the model in about the time of one measurement, by the device's speed. */
const tokensWithin = ({ speed, seconds }: Rehearsal, flopsPerToken: number): number =>
  (seconds * cautious * speed.flopsPerSecond) / flopsPerToken;

async function scoringPace(model: string, rehearsal: Cut, seconds: Seconds): Promise<number> {
  const { worker, setup, works, signal } = rehearsal;
  const { maxTokensPerBatch } = setup;
  const responses = Math.max(1, ...works.flatMap(({ sampled = [] }) => sampled.map(({ k }) => k)));
  const tokens = tokensWithin(rehearsal, scoringFlops(setup));
  const groups = groupsWithin(rehearsal, { questions: 64, responses, lengthGrouped: false }, tokens, 0).map(
    ({ id, prompt, responses }) => ({ id, prompt, responses: responses.map(({ text }) => ({ text })) }),
  );
  let scored = 0;
  const score = async (): Promise<void> => {
    scored = (await worker.request("score", { model, groups, maxTokensPerBatch }, { signal })).tokens;
  };
  await score();
  return (await fastest(seconds, score)) / Math.max(1, scored);
}

/** Samples of two lengths, as many at once as the run has: the difference is what tokens take. */
async function samplingPace(
  model: string,
  rehearsal: Cut,
  scoredToken: number,
  seconds: Seconds,
): Promise<Pace["sampled"]> {
  const { worker, whole, works, examples, signal } = rehearsal;
  const samplings = works.flatMap(({ sampled = [] }) => sampled);
  const main = samplings.reduce<(typeof samplings)[number] | undefined>(
    (most, other) => (most === undefined || other.prompts * other.k > most.prompts * most.k ? other : most),
    undefined,
  );
  if (main === undefined) return { start: 0, token: 0 };
  const prompts = Array.from({ length: samplesAtOnce(whole, main) }, (_, at) => ({
    id: `${at}`,
    prompt: examples[at % examples.length]!.prompt,
    indices: [0],
  }));
  const generate = async (maxNewTokens: number): Promise<number> => {
    const settings = { temperature: 1, topP: 1, seed: 1, ...defined({ slots: whole.samplesAtOnce }) };
    return (await worker.request("generate", { model, prompts, maxNewTokens, ...settings }, { signal }))
      .tokens;
  };
  const wanted = Math.max(2, Math.round(main.responseTokens));
  const short = Math.max(1, Math.min(8, Math.floor(wanted / 3)));
  // A first time apart: what is set up once is no part of it.
  await generate(short);
  const first = await timed(seconds, () => generate(short));
  const perStep = first.seconds / short;
  const affordable = Math.round(rehearsal.seconds / perStep);
  const long = Math.max(short + 1, Math.min(wanted, Math.max(3 * short, affordable)));
  const pairs = [{ short: first, long: await timed(seconds, () => generate(long)) }];
  const pairSeconds = pairs[0]!.short.seconds + pairs[0]!.long.seconds;
  const repeats = Math.min(mostPairs, Math.floor((2 * rehearsal.seconds) / pairSeconds));
  while (pairs.length < repeats)
    pairs.push({
      short: await timed(seconds, () => generate(short)),
      long: await timed(seconds, () => generate(long)),
    });
  const mean = (numberOf: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + numberOf(pair), 0) / pairs.length;
  const again = { seconds: mean((pair) => pair.short.seconds), tokens: mean((pair) => pair.short.result) };
  const token =
    Math.max(0, mean((pair) => pair.long.seconds) - again.seconds) /
    Math.max(1, mean((pair) => pair.long.result) - again.tokens);
  const promptTokens = prompts.length * main.promptTokens.mean;
  const start = Math.max(0, again.seconds - again.tokens * token - promptTokens * scoredToken);
  return { start, token };
}

/** Some steps of each kind of batch, sent ahead as a run does. */
async function trainingPace(
  model: string,
  rehearsal: Cut,
  trainings: readonly Trained[],
  clock: () => number,
): Promise<Pace["trained"]> {
  if (trainings.length === 0) return [];
  const { worker, setup, signal } = rehearsal;
  const tokens = tokensWithin(rehearsal, trainingFlops(setup));
  const settings = {
    learningRate: 1e-6,
    betas: [0.9, 0.999] as [number, number],
    epsilon: 1e-8,
    weightDecay: 0,
    clipNorm: 1,
  };
  const kinds = kindsOf(trainings);
  // Packing and compiling are for long runs: the worker goes by the tokens of the first batch, times the steps.
  const firstBatch = Math.max(1, Math.min(kinds[0]!.perStep, tokens));
  const totalSteps = Math.max(1, Math.ceil(Math.max(...trainings.map((one) => one.tokens)) / firstBatch));
  const { run } = await worker.request("train/begin", {
    model,
    optimizer: settings,
    schedule: { shape: "constant", minimumRatio: 1, totalSteps, warmupSteps: 0 },
    loss: { kind: "vft" },
    seed: 1,
    maxTokensPerBatch: setup.maxTokensPerBatch,
  });
  let step = 0;
  const train = async (groups: TrainGroup[]): Promise<{ at: number; tokens: number }> => {
    signal.throwIfAborted();
    const metrics = await worker.request("train/step", { run, step: ++step, groups }, { signal });
    return { at: clock(), tokens: metrics.tokens };
  };
  const usualStep = async (batchAt: (at: number) => TrainGroup[]): Promise<Step> => {
    await train(batchAt(0));
    const started = clock();
    const once = await train(batchAt(1));
    const count = Math.ceil(rehearsal.seconds / Math.max(1e-3, (once.at - started) / 1000));
    const sent = Array.from({ length: Math.min(steps.most, Math.max(steps.least, count)) + 1 }, (_, at) =>
      train(batchAt(2 + at)),
    );
    const ends = await Promise.all(sent);
    return usual(
      ends.slice(1).map((end, at) => ({ tokens: end.tokens, seconds: (end.at - ends[at]!.at) / 1000 })),
    );
  };
  const paces: Pace["trained"] = [];
  for (const batch of kinds) {
    const isWhole = batch.perStep <= tokens;
    const points: Step[] = [];
    // Of a batch that is cut, two sizes tell what the rest of it adds.
    for (const share of isWhole ? [1] : [1, 1 / 3])
      points.push(await usualStep((at) => groupsWithin(rehearsal, batch, tokens * share, at)));
    paces.push({ batch, ...lineThrough(points) });
  }
  return paces;
}

interface Step {
  tokens: number;
  seconds: number;
}

/** Kinds of batches that are tried at most: the smallest, the largest, and those that lie between at equal distances. */
const mostKinds = 4;

function kindsOf(trainings: readonly Trained[]): Batch[] {
  const kinds = trainings.map(({ perStep, questions, responses, lengthGrouped }) => ({
    ...{ perStep, questions, responses, lengthGrouped },
  }));
  const distinct = [...new Map(kinds.map((kind) => [canonicalJson(kind), kind])).values()];
  const sorted = distinct.sort((a, b) => a.perStep - b.perStep);
  const step = Math.max(1, (sorted.length - 1) / (mostKinds - 1));
  return sorted.filter((_, at) => at === Math.round(Math.round(at / step) * step));
}

/** The mean of those that do not stand out: a step that compiles anew is none of the many that follow. */
function usual(passed: readonly Step[]): Step {
  const middle = passed.map(({ seconds }) => seconds).sort((a, b) => a - b)[Math.floor(passed.length / 2)]!;
  const like = passed.filter(({ seconds }) => seconds <= 3 * middle);
  const mean = (numberOf: (step: Step) => number): number =>
    like.reduce((sum, step) => sum + numberOf(step), 0) / like.length;
  return { tokens: mean(({ tokens }) => tokens), seconds: mean(({ seconds }) => seconds) };
}

/**
 * A batch of examples, of which each of the further responses is another's; less of it where that would take too long.
 * @param number of the batch: each holds others
 */
function groupsWithin(
  { examples }: Pick<Rehearsal, "examples">,
  {
    questions,
    responses,
    lengthGrouped = false,
  }: Pick<Trained, "questions" | "responses"> & Partial<Trained>,
  tokens: number,
  number: number,
): TrainGroup[] {
  const groups: TrainGroup[] = [];
  let left = tokens;
  const count = Math.max(1, Math.round(responses));
  const sorted = lengthGrouped ? [...examples].sort((a, b) => a.tokens - b.tokens) : examples;
  // By the golden ratio the lengths of few batches are spread evenly.
  const from = lengthGrouped
    ? ((number * 0.618) % 1) * Math.max(0, examples.length - questions)
    : number * questions;
  for (let at = 0; at < questions && (at === 0 || left > 0); at++) {
    const place = Math.floor(from) + at;
    const first = sorted[place % sorted.length]!;
    left -= first.tokens;
    const group: TrainGroup = {
      id: `${at}`,
      prompt: first.prompt,
      responses: [{ text: first.response, target: true }],
    };
    for (let more = 1; more < count && left > 0; more++) {
      const other = sorted[(place + 7 * more) % sorted.length]!;
      group.responses.push({ text: other.response, target: true });
      left -= other.tokens;
    }
    groups.push(group);
  }
  return groups;
}

async function timed<T>(seconds: Seconds, work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  let result: T | undefined;
  const taken = await seconds(async () => {
    result = await work();
  });
  return { seconds: taken, result: result as T };
}

const fastest = async (seconds: Seconds, work: () => Promise<unknown>): Promise<number> =>
  Math.min(await seconds(work), await seconds(work));
