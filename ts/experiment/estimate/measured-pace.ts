/** How fast a loaded model is scored, sampled from and trained by the run's own worker: a few of each, timed. */
import type { Requests, TrainGroup } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import type { Trained } from "../stages/cost.ts";
import { type Example, groupsWithin } from "./examples.ts";
import { type Setup, samplesAtOnce } from "./memory.ts";
import { type Batch, lineThrough, type Pace, type Speed, scoringFlops, trainingFlops } from "./pace.ts";
import type { Work } from "./stage.ts";

/** What is measured, and with what. */
export interface Measuring {
  worker: Requests;
  /** Of the model that is loaded. */
  setup: Setup;
  /** Of the run's model, of which that may have fewer layers. */
  whole: Setup;
  speed: Pick<Speed, "flopsPerSecond">;
  works: readonly Work[];
  /** Some questions, as they lie in the run. */
  examples: readonly Example[];
  signal: AbortSignal;
  /** That each thing is measured for, about. */
  seconds: number;
  /** In ms; there for tests. */
  now?: () => number;
}

/** Of the device's measured FLOP/s, for choosing how much to measure: small models reach far less than large ones. */
export const cautious = 0.2;
const mostPairs = 8;
const steps = { least: 3, most: 40 };

export async function paceOf(model: string, measuring: Measuring): Promise<Omit<Pace, "load">> {
  const { works } = measuring;
  const clock = measuring.now ?? (() => performance.now());
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    measuring.signal.throwIfAborted();
    const started = clock();
    await work();
    return (clock() - started) / 1000;
  };
  // Sampling comes first: training changes the weights, whose digest would then be worked out.
  const scored = { token: await scoringPace(model, measuring, seconds) };
  const sampled = await samplingPace(model, measuring, scored.token, seconds);
  const trainings = works.flatMap(({ trained }) => trained ?? []);
  const trained = await trainingPace(model, measuring, trainings, clock);
  return { trained, scored, sampled };
}

type Seconds = (work: () => Promise<unknown>) => Promise<number>;

/** Tokens that go through the model in about the time of one measurement, by the device's speed. */
const tokensWithin = ({ speed, seconds }: Measuring, flopsPerToken: number): number =>
  (seconds * cautious * speed.flopsPerSecond) / flopsPerToken;

async function scoringPace(model: string, measuring: Measuring, seconds: Seconds): Promise<number> {
  const { worker, setup, works, signal } = measuring;
  const { maxTokensPerBatch } = setup;
  const responses = Math.max(1, ...works.flatMap(({ sampled = [] }) => sampled.map(({ k }) => k)));
  const tokens = tokensWithin(measuring, scoringFlops(setup));
  const groups = groupsWithin(
    measuring.examples,
    { questions: 64, responses, lengthGrouped: false },
    tokens,
    0,
  ).map(({ id, prompt, responses }) => ({ id, prompt, responses: responses.map(({ text }) => ({ text })) }));
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
  measuring: Measuring,
  scoredToken: number,
  seconds: Seconds,
): Promise<Pace["sampled"]> {
  const { worker, whole, works, examples, signal } = measuring;
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
  const affordable = Math.round(measuring.seconds / perStep);
  const long = Math.max(short + 1, Math.min(wanted, Math.max(3 * short, affordable)));
  const pairs = [{ short: first, long: await timed(seconds, () => generate(long)) }];
  const pairSeconds = pairs[0]!.short.seconds + pairs[0]!.long.seconds;
  const repeats = Math.min(mostPairs, Math.floor((2 * measuring.seconds) / pairSeconds));
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
  measuring: Measuring,
  trainings: readonly Trained[],
  clock: () => number,
): Promise<Pace["trained"]> {
  if (trainings.length === 0) return [];
  const { worker, setup, signal } = measuring;
  const tokens = tokensWithin(measuring, trainingFlops(setup));
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
    const count = Math.ceil(measuring.seconds / Math.max(1e-3, (once.at - started) / 1000));
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
      points.push(await usualStep((at) => groupsWithin(measuring.examples, batch, tokens * share, at)));
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

async function timed<T>(seconds: Seconds, work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  let result: T | undefined;
  const taken = await seconds(async () => {
    result = await work();
  });
  return { seconds: taken, result: result as T };
}

const fastest = async (seconds: Seconds, work: () => Promise<unknown>): Promise<number> =>
  Math.min(await seconds(work), await seconds(work));
