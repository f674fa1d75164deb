import { expect, test } from "vitest";
import {
  assumed,
  type Speed,
  samplesAtOnce,
  samplingSeconds,
  scoringFlops,
  trainingFlops,
  trainingSeconds,
} from "../../../../ts/experiment/estimate/time.ts";
import { lora, setup, sevenBillion } from "./sizes.ts";

const speed: Speed = { flopsPerSecond: 1e15, bytesPerSecond: 1e12, secondsPerCall: 0 };
// Untied: the input embedding is looked up, not multiplied with.
const weights = sevenBillion.parameters - 32_000 * 4096;

test("a trained token costs six operations a weight, a scored one two", () => {
  expect(trainingFlops(setup())).toBe(6 * weights);
  expect(scoringFlops(setup())).toBe(2 * weights);
  expect(trainingFlops(setup({ gradientCheckpointing: true }))).toBe(8 * weights);
  expect(trainingSeconds(setup(), speed, 1e6)).toBeCloseTo((6 * weights * 1e6) / (assumed.training * 1e15));
});

test("frozen weights have no gradient: four operations a weight, and six for each of the adapter's", () => {
  const own = 32 * 16 * (4 * 8192 + 3 * 15_104);
  expect(trainingFlops(setup({ adapter: lora }))).toBe(4 * weights + 6 * own);
});

const sampling = {
  prompts: 100,
  k: 6,
  promptTokens: { mean: 100, longest: 112 },
  responseTokens: 128,
  maxNewTokens: 400,
};

test("as many samples are decoded together as fit at their full length", () => {
  expect(samplesAtOnce(setup(), sampling)).toBe(32);
  expect(samplesAtOnce(setup({ maxTokensPerBatch: 100 }), sampling)).toBe(1);
});

test("decoding goes by the bytes that each step reads", () => {
  // 600 samples in 19 batches of 32; 256 steps each, in which 16 rows are alive on average.
  const steps = 19 * 256;
  const bytes = 2 * sevenBillion.parameters + 16 * (100 + 64) * 524_288;
  const prefill = (100 * 100 * scoringFlops(setup())) / (assumed.scoring * 1e15);
  const expected = prefill + (steps * bytes) / (assumed.reading * 1e12);
  expect(samplingSeconds(setup(), speed, sampling)).toBeCloseTo(expected, 6);
});

test("or by what the host must ask for, where that is slower", () => {
  const slow = { ...speed, secondsPerCall: 1e-4 };
  const calls = 32 * assumed.callsPerBlock;
  const prefill = (100 * 100 * scoringFlops(setup())) / (assumed.scoring * 1e15);
  expect(samplingSeconds(setup(), slow, sampling)).toBeCloseTo(prefill + 19 * 256 * calls * 1e-4, 6);
  expect(samplingSeconds(setup({ adapter: lora }), slow, sampling)).toBeGreaterThan(
    samplingSeconds(setup(), slow, sampling) * 1.5,
  );
});
