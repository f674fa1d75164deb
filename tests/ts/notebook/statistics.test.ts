import { expect, test } from "vitest";
import type { Group } from "../../../ts/notebook/index.ts";
import { bootstrapMean, mcnemarExact, pairedDifference, reliability } from "../../../ts/notebook/index.ts";

test("a mean has an interval around it, the same each time, that shrinks with more questions", () => {
  const values = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 1 : 0));
  const { mean, interval } = bootstrapMean(values);
  expect(mean).toBe(0.5);
  // The normal approximation: 0.5 ± 1.96 * 0.5 / sqrt(50).
  expect(interval.low).toBeCloseTo(0.5 - 0.139, 1);
  expect(interval.high).toBeCloseTo(0.5 + 0.139, 1);
  expect(bootstrapMean(values).interval).toEqual(interval);
  const many = bootstrapMean([...values, ...values, ...values, ...values]).interval;
  expect(many.high - many.low).toBeLessThan(0.6 * (interval.high - interval.low));
  expect(() => bootstrapMean([])).toThrow("a mean of no values");
});

test("a paired difference of right and wrong answers is tested as McNemar does", () => {
  const mine = [1, 1, 1, 1, 1, 1, 0, 0, 1, 0];
  const theirs = [0, 0, 0, 0, 0, 1, 0, 1, 1, 0];
  const { mean, p, interval } = pairedDifference(mine, theirs);
  // Five questions that mine alone answers, one that theirs alone does.
  expect(mean).toBeCloseTo(0.4);
  expect(p).toBeCloseTo(mcnemarExact(5, 1));
  expect(interval.low).toBeLessThan(0.4);
  expect(() => pairedDifference([1, 0], [1])).toThrow('not of the same questions\n  found: "2 and 1 values"');
});

test("where all answers are the same, the interval is not", () => {
  const same = (value: number) => Array.from({ length: 20 }, () => value);
  // Wilson's upper limit for 0 of 20.
  const limit = expect.closeTo(0.1611, 4);
  expect(bootstrapMean(same(0))).toEqual({ mean: 0, interval: { low: 0, high: limit } });
  expect(bootstrapMean(same(1))).toEqual({
    mean: 1,
    interval: { low: expect.closeTo(1 - 0.1611, 4), high: 1 },
  });
  const none = pairedDifference(same(1), same(1));
  expect(none).toEqual({ mean: 0, p: 1, interval: { low: expect.closeTo(-0.1611, 4), high: limit } });
  // Of scores nothing is known but that they are the same.
  expect(bootstrapMean(same(-2)).interval).toEqual({ low: -2, high: -2 });
});

const candidate = (text: string, correct: boolean, score: number) => ({
  text,
  extracted: text,
  correct,
  score,
});
const group = (id: string, candidates: Group["candidates"]): Group => ({
  id,
  task: "t",
  prompt: "p",
  answer: "a",
  candidates,
});

test("reliability cuts the distinct solutions into parts of equal number by their scores", () => {
  const groups = [
    group("1", [candidate("a", true, -0.1), candidate("a", true, -0.1), candidate("b", false, -0.4)]),
    group("2", [candidate("c", true, -0.2), candidate("d", false, -0.3)]),
  ];
  const bins = reliability(groups, 2);
  expect(bins.map(({ low, high, solutions, right, share }) => [low, high, solutions, right, share])).toEqual([
    [-0.4, -0.3, 2, 0, 0],
    [-0.2, -0.1, 2, 2, 1],
  ]);
  expect(bins[1]!.meanScore).toBeCloseTo(-0.15);
  // Never more parts than solutions, and none of none.
  expect(reliability(groups, 99).map(({ solutions }) => solutions)).toEqual([1, 1, 1, 1]);
  expect(reliability([])).toEqual([]);
});
