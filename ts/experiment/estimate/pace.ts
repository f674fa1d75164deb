/** Seconds, from how fast the work was measured to go, or from sizes and the device's speed where it could not be. */
import { sumOf } from "../../core/sum.ts";
import type { Cost, Sampling, Trained } from "../stages/cost.ts";
import { cacheBytes, type Setup, samplesAtOnce, weightBytes } from "./memory.ts";
import { adapterParameters, multiplied } from "./shape.ts";

/** What a batch is, as far as a step's time goes by it beside its tokens: padding and masks differ. */
export type Batch = Pick<Trained, "perStep" | "questions" | "responses" | "lengthGrouped">;

/** Of a training step, and of each token of it. */
export interface StepPace {
  step: number;
  token: number;
}

export type TrainedPace = StepPace & { batch: Batch };

/** How fast a model goes on a device, in seconds. */
export interface Pace {
  /** Of a stage, to load the model. */
  load: number;
  /** Of the trainings of each kind of batch. */
  trained: TrainedPace[];
  /** Of each token of a prompt or response that is scored; a prompt goes through the model as fast before it is sampled from. */
  scored: { token: number };
  /** Of what a stage's sampling begins with, and of each token with as many samples at once as the stages have. */
  sampled: { start: number; token: number };
}

/** Of a device, as `device/speed` tells it. */
export interface Speed {
  flopsPerSecond: number;
  bytesPerSecond: number;
  /** Of the smallest operation: what the host needs to ask for one. */
  secondsPerCall: number;
}

/** Where a model is too large to be measured: shares of the measured speed, and the operations of a block that the host asks for. */
export const assumed = { training: 0.4, scoring: 0.4, reading: 0.6, callsPerBlock: 40 };

/** Of what ranks get: the mean over the longest. */
export const evenness = 0.95;

/** FLOPs of a token forward and backward: 6 a weight; of a frozen base 4, as its weights have no gradient. Recomputing adds 2. */
export function trainingFlops({ shape, adapter, gradientCheckpointing }: Setup): number {
  const weights = multiplied(shape);
  const both = adapter === undefined ? 6 * weights : 4 * weights + 6 * adapterParameters(shape, adapter);
  return both + (gradientCheckpointing ? 2 * weights : 0);
}

/** FLOPs of a token forward. */
export const scoringFlops = ({ shape, adapter }: Setup): number =>
  2 * (multiplied(shape) + (adapter === undefined ? 0 : adapterParameters(shape, adapter)));

/**
 * By sizes alone. A decoded token of each sample at once reads all weights and the keys and values so far, multiplies
 * each row, and costs the host its calls; the slowest of the three counts.
 */
export function assumedPace(setup: Setup, speed: Speed, samplings: readonly Sampling[]): Pace {
  const scored = scoringFlops(setup) / (assumed.scoring * speed.flopsPerSecond);
  return {
    load: 0,
    trained: [
      {
        batch: { perStep: 0, questions: 0, responses: 0, lengthGrouped: false },
        step: 0,
        token: trainingFlops(setup) / (assumed.training * speed.flopsPerSecond),
      },
    ],
    scored: { token: scored },
    sampled: {
      start: 0,
      token: Math.max(0, ...samplings.map((sampling) => decodingSeconds(setup, speed, sampling, scored))),
    },
  };
}

function decodingSeconds(setup: Setup, speed: Speed, sampling: Sampling, scored: number): number {
  const rows = samplesAtOnce(setup, sampling);
  const cached = rows * (sampling.promptTokens.mean + sampling.responseTokens / 2) * cacheBytes(setup);
  const reading = (weightBytes(setup) + cached) / (assumed.reading * speed.bytesPerSecond);
  const asking = speed.secondsPerCall * setup.shape.layers * assumed.callsPerBlock;
  return Math.max(reading, rows * scored, asking) / rows;
}

/** Of a stage. Finished samples make room for the next at once, so that the places are full until the last few. */
export function secondsOf({ load, trained, scored, sampled }: Pace, cost: Cost): number {
  const sampling = ({ prompts, k, promptTokens, responseTokens }: Sampling): number =>
    sampled.start + prompts * (promptTokens.mean * scored.token + k * responseTokens * sampled.token);
  return (
    load +
    (cost.trained === undefined ? 0 : trainingSeconds(trained, cost.trained)) +
    (cost.scored?.tokens ?? 0) * scored.token +
    sumOf(cost.sampled ?? [], sampling)
  );
}

/** By the batches that are most alike: padded as these are, and of nearly as many tokens. */
function trainingSeconds(paces: readonly TrainedPace[], { steps, tokens, ...batch }: Trained): number {
  const unlike = ({ batch: other }: TrainedPace): number =>
    (other.lengthGrouped === batch.lengthGrouped ? 0 : 10) +
    Math.abs(Math.log((1 + other.perStep) / (1 + batch.perStep)));
  const [first, ...others] = paces;
  if (first === undefined) return 0;
  const { step, token } = others.reduce((best, pace) => (unlike(pace) < unlike(best) ? pace : best), first);
  return steps * step + tokens * token;
}

/**
 * The pace of all layers from that of a model with few and of one with more: each number grows with the layers, on top of
 * what the embedding and the head take.
 */
export function atDepth(layers: number, few: { layers: number; pace: Pace }, more: typeof few): Pace {
  const at = (numberOf: (pace: Pace) => number): number => {
    const [low, high] = [numberOf(few.pace), numberOf(more.pace)];
    const perLayer = (high - low) / (more.layers - few.layers);
    return high + Math.max(0, perLayer) * (layers - more.layers);
  };
  return {
    load: at(({ load }) => load),
    trained: few.pace.trained.map(({ batch }, place) => ({
      batch,
      step: at(({ trained }) => trained[place]!.step),
      token: at(({ trained }) => trained[place]!.token),
    })),
    scored: { token: at(({ scored }) => scored.token) },
    sampled: { start: at(({ sampled }) => sampled.start), token: at(({ sampled }) => sampled.token) },
  };
}

/** The step and the token of two steps of different sizes; of one alone the token. */
export function lineThrough(points: readonly { tokens: number; seconds: number }[]): StepPace {
  const [small, large = small] = [...points].sort((a, b) => a.tokens - b.tokens);
  if (small === undefined || large === undefined) return { step: 0, token: 0 };
  if (large.tokens <= small.tokens) return { step: 0, token: large.seconds / large.tokens };
  const token = Math.max(0, (large.seconds - small.seconds) / (large.tokens - small.tokens));
  // Neither is less than nothing: what is left over goes to the other.
  const step = Math.max(0, large.seconds - token * large.tokens);
  return { step, token: (large.seconds - step) / large.tokens };
}
