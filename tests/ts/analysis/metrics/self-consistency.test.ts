import { describe, expect, it } from "vitest";
import { majorityTally } from "../../../../ts/analysis/metrics/majority.ts";
import { passTally } from "../../../../ts/analysis/metrics/sampled.ts";
import { bestBySize, curveSizes, majorityBySize } from "../../../../ts/analysis/metrics/self-consistency.ts";
import { randomFrom } from "../../../../ts/core/random.ts";
import type { JudgedCandidate } from "../../../../ts/core/records.ts";
import { answers, right, wrong } from "../groups.ts";

/** Every subset of the given size, one by one. */
function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, at) => subsets(all.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const bruteMajority = (all: readonly JudgedCandidate[], size: number): number =>
  mean(subsets(all, size).map((some) => majorityTally(some, size).numerator));

const drawn = (seed: number, n: number): JudgedCandidate[] => {
  const random = randomFrom("answers", seed);
  return answers(...Array.from({ length: n }, () => random.pick(["4", "4.0", "5", "6", null])));
};

describe("maj@j over all subsets of j samples", () => {
  it("of 4, 4, 5: one sample is right two times in three, two samples are 4 4 or a tie, three say 4", () => {
    expect(majorityBySize(answers("4", "4", "5"))).toEqual([2 / 3, (1 + 0.5 + 0.5) / 3, 1]);
  });

  it("lets silence neither vote nor win", () => {
    expect(majorityBySize(answers(null, null, "4"))).toEqual([1 / 3, 2 / 3, 1]);
    expect(majorityBySize(answers(null, null))).toEqual([0, 0]);
  });

  it.each([1, 2, 3, 4, 5, 6])("equals trying every subset, draw %s", (seed) => {
    const all = drawn(seed, 8);
    const counted = majorityBySize(all);
    for (let size = 1; size <= 8; size++) expect(counted[size - 1]).toBeCloseTo(bruteMajority(all, size), 12);
  });

  it("ends at maj@k and begins at the share of right samples", () => {
    const all = drawn(7, 9);
    expect(majorityBySize(all).at(-1)).toBeCloseTo(majorityTally(all, 9).numerator, 12);
    expect(majorityBySize(all)[0]).toBeCloseTo(passTally(all, 1).numerator, 12);
  });

  it("holds for sixty-four samples", () => {
    const all = answers(...Array.from({ length: 64 }, (_, at) => (at < 40 ? "4" : String(5 + (at % 6)))));
    const counted = majorityBySize(all);
    expect(counted[0]).toBeCloseTo(40 / 64, 12);
    expect(counted[63]).toBeCloseTo(1, 12);
    expect(counted.every((value, at) => at < 2 || value >= counted[at - 2]! - 1e-12)).toBe(true);
  });
});

describe("best of j by score", () => {
  it("is the share of subsets whose highest-scored sample is right", () => {
    expect(bestBySize([...wrong(-0.1), ...right(-0.2), ...wrong(-0.3)])).toEqual([1 / 3, 1 / 3, 0]);
  });

  it("equals trying every subset", () => {
    const all = [...right(-0.3, -0.1, -0.6), ...wrong(-0.2, -0.05, -0.4)];
    const best = (some: JudgedCandidate[]): number =>
      Number(some.reduce((high, one) => (one.score! > high.score! ? one : high)).correct);
    const counted = bestBySize(all)!;
    for (let size = 1; size <= 6; size++)
      expect(counted[size - 1]).toBeCloseTo(mean(subsets(all, size).map(best)), 12);
  });

  it("counts equal scores by their share of right ones, and passes over samples without an answer", () => {
    expect(bestBySize([...right(-0.1), ...wrong(-0.1)])).toEqual([0.5, 0.5]);
    const silent = { ...wrong(-0.01)[0]!, extracted: null };
    expect(bestBySize([silent, ...right(-0.5)])).toEqual([0.5, 1]);
  });

  it("takes the sampler's log-probability over its tokens, and is unknown where one sample has none", () => {
    const sampled = (logprob: number, correct: boolean): JudgedCandidate => ({
      text: `${logprob}`,
      extracted: "4",
      correct,
      logprob,
      tokens: 2,
    });
    expect(bestBySize([sampled(-1, true), sampled(-2, false)])!.at(-1)).toBe(1);
    expect(bestBySize([sampled(-1, true), { text: "cut", extracted: null, correct: false }])).toBeNull();
  });
});

it("a curve has every size up to twelve, then ever fewer, and the last", () => {
  expect(curveSizes(6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(curveSizes(50).slice(11)).toEqual([12, 14, 16, 20, 24, 28, 32, 40, 48, 50]);
});
