import { expect, test } from "vitest";
import { samplesAtOnce, samplingMemory, total } from "../../../../ts/experiment/estimate/memory.ts";
import {
  assumed,
  assumedPace,
  atDepth,
  lineThrough,
  type Pace,
  type Speed,
  scoringFlops,
  secondsOf,
  trainingFlops,
} from "../../../../ts/experiment/estimate/pace.ts";
import { lora, setup, sevenBillion } from "./sizes.ts";

const speed: Speed = { flopsPerSecond: 1e15, bytesPerSecond: 1e12, secondsPerCall: 0 };
// Untied: the input embedding is looked up, not multiplied with.
const weights = sevenBillion.parameters - 32_000 * 4096;

test("a trained token costs six operations a weight, a scored one two", () => {
  expect(trainingFlops(setup())).toBe(6 * weights);
  expect(scoringFlops(setup())).toBe(2 * weights);
  expect(trainingFlops(setup({ gradientCheckpointing: true }))).toBe(8 * weights);
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
const batch = (perStep: number, lengthGrouped = false) => ({
  perStep,
  questions: 4,
  responses: 1,
  lengthGrouped,
});
const pace: Pace = {
  load: 0,
  trained: [
    { batch: batch(600), step: 0.5, token: 1e-3 },
    { batch: batch(1200), step: 0, token: 3e-3 },
    { batch: batch(600, true), step: 0, token: 5e-4 },
  ],
  scored: { token: 1e-4 },
  sampled: { start: 2, token: 1e-2 },
};

test("a training takes its steps and its tokens, as the batches do that are most alike", () => {
  const trained = { ...batch(600), tokens: 5000, steps: 10, savesStates: false };
  expect(secondsOf(pace, { trained })).toBeCloseTo(10 * 0.5 + 5000 * 1e-3);
  expect(secondsOf(pace, { trained: { ...trained, ...batch(1000) } })).toBeCloseTo(5000 * 3e-3);
  expect(secondsOf(pace, { trained: { ...trained, ...batch(5000, true) } })).toBeCloseTo(5000 * 5e-4);
});

test("sampling takes its start, each prompt once and each sample's tokens; scoring its tokens", () => {
  expect(secondsOf(pace, { sampled: [sampling] })).toBeCloseTo(2 + 100 * 100 * 1e-4 + 600 * 128 * 1e-2);
  expect(secondsOf(pace, { sampled: [sampling, sampling], scored: { tokens: 1000 } })).toBeCloseTo(
    2 * secondsOf(pace, { sampled: [sampling] }) + 0.1,
  );
  expect(secondsOf({ ...pace, load: 3 }, { scored: { tokens: 1000 } })).toBeCloseTo(3.1);
});

test("as many samples are decoded together as there are, as have room, and as the worker takes", () => {
  // (80e9 - 13.5e9) x 0.8 in pieces of 512 tokens of 524,288 bytes.
  expect(samplesAtOnce(setup(), sampling)).toBe(198);
  expect(samplesAtOnce(setup(), { ...sampling, k: 1 })).toBe(100);
  expect(samplesAtOnce(setup({ freeBytes: 1e12 }), { ...sampling, k: 60 })).toBe(1024);
  expect(samplesAtOnce(setup({ freeBytes: 1e12, accelerator: false }), sampling)).toBe(128);
  expect(samplesAtOnce(setup({ freeBytes: 1e9 }), sampling)).toBe(1);
  expect(samplesAtOnce(setup({ samplesAtOnce: 48 }), sampling)).toBe(48);
  // They never bring the memory above what is free.
  const cache = samplingMemory(setup(), 198 * 512, 112).cache;
  expect(total({ ...samplingMemory(setup(), 0, 0), cache })).toBeLessThan(80e9);
});

test("without a measurement, decoding goes by the bytes that each step reads", () => {
  const bytes = 2 * sevenBillion.parameters + 198 * (100 + 64) * 524_288;
  const { sampled } = assumedPace(setup(), speed, [sampling]);
  expect(sampled.token).toBeCloseTo(bytes / (assumed.reading * 1e12) / 198, 9);
});

test("or by what the host must ask for, where that is slower", () => {
  const { sampled } = assumedPace(setup(), { ...speed, secondsPerCall: 1e-3 }, [sampling]);
  expect(sampled.token).toBeCloseTo((32 * assumed.callsPerBlock * 1e-3) / 198, 9);
});

test("and training and scoring reach a share of the device's operations a second", () => {
  const { trained, scored } = assumedPace(setup(), speed, []);
  expect(trained).toMatchObject([{ step: 0, token: (6 * weights) / (assumed.training * 1e15) }]);
  expect(scored.token).toBeCloseTo((2 * weights) / (assumed.scoring * 1e15));
});

test("two sizes of a step tell what a step takes and what a token takes", () => {
  const line = lineThrough([
    { tokens: 3000, seconds: 3.5 },
    { tokens: 1000, seconds: 1.5 },
  ]);
  expect(line.step).toBeCloseTo(0.5);
  expect(line.token).toBeCloseTo(1e-3);
});

test("noise makes neither less than nothing, and the larger step stays as it was measured", () => {
  const faster = lineThrough([
    { tokens: 1000, seconds: 1.5 },
    { tokens: 3000, seconds: 1.2 },
  ]);
  expect(faster).toEqual({ step: 1.2, token: 0 });
  const steep = lineThrough([
    { tokens: 1000, seconds: 0.1 },
    { tokens: 3000, seconds: 1.2 },
  ]);
  expect(steep.step).toBe(0);
  expect(steep.token).toBeCloseTo(1.2 / 3000);
});

test("one size alone tells of tokens", () => {
  expect(lineThrough([{ tokens: 1000, seconds: 2 }])).toEqual({ step: 0, token: 2e-3 });
  expect(lineThrough([])).toEqual({ step: 0, token: 0 });
});

test("of few layers and of more follows what all take, and never less than was measured", () => {
  const scale = (by: number): Pace => ({
    load: 1 + by,
    trained: [{ batch: batch(600), step: 0.1 + 0.2 * by, token: 1e-3 * by }],
    scored: { token: 1e-4 + 1e-5 * by },
    sampled: { start: 1, token: 1e-2 - 1e-4 * by },
  });
  const all = atDepth(32, { layers: 1, pace: scale(1) }, { layers: 5, pace: scale(5) });
  expect(all.load).toBeCloseTo(33);
  expect(all.trained[0]!.step).toBeCloseTo(0.1 + 0.2 * 32);
  expect(all.trained[0]!.token).toBeCloseTo(32e-3);
  expect(all.scored.token).toBeCloseTo(1e-4 + 32e-5);
  expect(all.sampled).toEqual({ start: 1, token: scale(5).sampled.token });
});
