/** Operations and seconds, from sizes and from how fast the device was measured to be. */
import type { Sampling } from "../stages/cost.ts";
import { cacheBytes, type Setup, weightBytes } from "./memory.ts";
import { adapterParameters, multiplied } from "./shape.ts";

/** Of a device, as `device/speed` tells it. */
export interface Speed {
  flopsPerSecond: number;
  bytesPerSecond: number;
  /** Of the smallest operation: what the host needs to ask for one. */
  secondsPerCall: number;
}

/** Shares of the measured speed that work is taken to reach, and the operations of a block that the host asks for. */
export const assumed = {
  training: 0.4,
  scoring: 0.4,
  reading: 0.6,
  callsPerBlock: 40,
  callsPerAdaptedLayer: 5,
  /** The longest sample of a batch over the mean one. */
  longestSample: 2,
};

/** FLOPs of a token forward and backward: 6 a weight; of a frozen base 4, as its weights have no gradient. Recomputing adds 2. */
export function trainingFlops({ shape, adapter, gradientCheckpointing }: Setup): number {
  const weights = multiplied(shape);
  const both = adapter === undefined ? 6 * weights : 4 * weights + 6 * adapterParameters(shape, adapter);
  return both + (gradientCheckpointing ? 2 * weights : 0);
}

/** FLOPs of a token forward. */
export const scoringFlops = ({ shape, adapter }: Setup): number =>
  2 * (multiplied(shape) + (adapter === undefined ? 0 : adapterParameters(shape, adapter)));

export const trainingSeconds = (setup: Setup, speed: Speed, tokens: number): number =>
  (tokens * trainingFlops(setup)) / (assumed.training * speed.flopsPerSecond);

export const scoringSeconds = (setup: Setup, speed: Speed, tokens: number): number =>
  (tokens * scoringFlops(setup)) / (assumed.scoring * speed.flopsPerSecond);

/** Samples that are decoded together: as many as fit in a micro-batch at their full length. */
export const samplesAtOnce = (setup: Setup, { promptTokens, maxNewTokens }: Sampling): number =>
  Math.max(1, Math.floor(setup.maxTokensPerBatch / (promptTokens.longest + maxNewTokens)));

/**
 * Prompts once each as fast as scoring, then tokens one after another: each step reads all weights and the keys and
 * values so far, multiplies each row, and costs the host its calls; the slowest of the three counts.
 */
export function samplingSeconds(setup: Setup, speed: Speed, sampling: Sampling): number {
  const { prompts, k, promptTokens, responseTokens, maxNewTokens } = sampling;
  const rows = Math.min(samplesAtOnce(setup, sampling), prompts * k);
  const batches = Math.ceil((prompts * k) / rows);
  const steps = Math.min(maxNewTokens, assumed.longestSample * responseTokens);
  // Finished rows leave the batch.
  const alive = Math.max(1, (rows * responseTokens) / steps);
  const cached = alive * (promptTokens.mean + responseTokens / 2) * cacheBytes(setup);
  const reading = (weightBytes(setup) + cached) / (assumed.reading * speed.bytesPerSecond);
  const computing = (alive * scoringFlops(setup)) / (assumed.scoring * speed.flopsPerSecond);
  const step = Math.max(reading, computing, hostSeconds(setup, speed));
  return scoringSeconds(setup, speed, prompts * promptTokens.mean) + batches * steps * step;
}

function hostSeconds({ shape, adapter }: Setup, { secondsPerCall }: Speed): number {
  const adapted =
    adapter === undefined
      ? 0
      : shape.linearLayers
          .filter(({ name }) => adapter.targets?.includes(name) ?? true)
          .reduce((sum, { count }) => sum + count, 0);
  return secondsPerCall * (shape.layers * assumed.callsPerBlock + adapted * assumed.callsPerAdaptedLayer);
}
