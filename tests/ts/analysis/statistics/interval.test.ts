import { describe, expect, it } from "vitest";
import { bootstrapInterval } from "../../../../ts/analysis/measure/series.ts";
import type { Tally } from "../../../../ts/analysis/metrics/tally.ts";
import { bootstrapRatios, differenceDraws } from "../../../../ts/analysis/statistics/bootstrap.ts";
import {
  meanInterval,
  sameValueInterval,
  wilsonInterval,
} from "../../../../ts/analysis/statistics/interval.ts";

const same = (numerator: number, denominator: number, count: number): Tally[] =>
  Array.from({ length: count }, () => ({ numerator, denominator }));
const intervalOf = (tallies: readonly Tally[]) =>
  bootstrapInterval(bootstrapRatios([tallies], 1, 100)[0]!, [tallies]);
const share = { low: 0, high: 1 };

describe("Wilson's 95 % interval", () => {
  it.each([
    // Newcombe (1998), Statistics in Medicine 17, table I, method 3 (score, no continuity correction).
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %d in %d is %d to %d", (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials)!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("ends at 1 when all succeed, and does not exist without trials", () => {
    expect(wilsonInterval(20, 20)).toEqual({ low: expect.closeTo(1 - 0.1611, 4), high: 1 });
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe("the interval of a share in which all questions agree", () => {
  it("is Wilson's where all are wrong, or all right", () => {
    expect(sameValueInterval(0, 20, share)).toEqual(wilsonInterval(0, 20));
    const right = sameValueInterval(1, 20, share)!;
    expect(right.low).toBeCloseTo(wilsonInterval(20, 20)!.low, 12);
    expect(right.high).toBe(1);
    expect(sameValueInterval(0, 0, share)).toBeNull();
  });

  it("goes to both sides of a value between, and of no difference", () => {
    const limit = wilsonInterval(0, 20)!.high;
    expect(sameValueInterval(0.25, 20, share)).toEqual({
      low: 0.25 - 0.25 * limit,
      high: 0.25 + 0.75 * limit,
    });
    expect(sameValueInterval(0, 20, { low: -1, high: 1 })).toEqual({ low: -limit, high: limit });
  });

  it("is that of resampled questions, as of an assessment accuracy of 100 %", () => {
    expect(intervalOf(same(8, 8, 20))).toEqual({ low: expect.closeTo(1 - 0.1611, 4), high: 1 });
    // One question of 4 pairs weighs as two: 22 pairs of 20 questions count as 22 / 4.
    const uneven = [...same(4, 4, 1), ...same(1, 1, 18)];
    expect(intervalOf(uneven)!.low).toBeCloseTo(1 - wilsonInterval(0, 22 / 4)!.high, 12);
    expect(intervalOf([...same(8, 8, 19), ...same(7, 8, 1)])!.high).toBe(1);
    expect(intervalOf(same(1, 1, 4))).toBeNull();
  });

  it("does not exist for a perplexity, which has no upper bound", () => {
    expect(intervalOf(same(2.5, 1, 20))).toBeNull();
    expect(intervalOf([...same(2.5, 1, 19), ...same(3, 1, 1)])).not.toBeNull();
  });

  it("of two methods that answer alike is as wide as the questions are few", () => {
    const mine = same(1, 1, 20);
    const [draws] = bootstrapRatios([mine], 1, 100);
    const interval = bootstrapInterval(differenceDraws(draws!, draws!), [mine, mine], -1);
    expect(interval).toEqual({ low: expect.closeTo(-0.1611, 4), high: expect.closeTo(0.1611, 4) });
  });
});

describe("the interval of a mean of independent numbers", () => {
  it("adds the distances as independent errors add", () => {
    const parts = [
      { value: 0.5, interval: { low: 0.2, high: 0.7 } },
      { value: 0.1, interval: { low: -0.3, high: 0.25 } },
    ];
    expect(meanInterval(parts)).toEqual({
      low: expect.closeTo(0.3 - 0.5 / 2, 12),
      high: expect.closeTo(0.3 + 0.25 / 2, 12),
    });
    expect(meanInterval(parts.slice(0, 1))).toEqual({
      low: expect.closeTo(0.2, 12),
      high: expect.closeTo(0.7, 12),
    });
    expect(meanInterval([])).toBeNull();
  });

  it("holds 95 % where a task has hardly a right answer, as the percentile bootstrap does not", () => {
    // All outcomes of two tasks of 12 and 30 questions with shares 0.02 and 0.3, each with its probability.
    const binomial = (n: number, share: number): number[] =>
      Array.from({ length: n + 1 }, (_, k) => {
        let ways = 1;
        for (let i = 1; i <= k; i++) ways *= (n - k + i) / i;
        return ways * share ** k * (1 - share) ** (n - k);
      });
    let covered = 0;
    for (const [a, pA] of binomial(12, 0.02).entries())
      for (const [b, pB] of binomial(30, 0.3).entries()) {
        const interval = meanInterval([
          { value: a / 12, interval: wilsonInterval(a, 12)! },
          { value: b / 30, interval: wilsonInterval(b, 30)! },
        ])!;
        if (interval.low <= 0.16 && 0.16 <= interval.high) covered += pA * pB;
      }
    expect(covered).toBeGreaterThan(0.94);
    expect(covered).toBeLessThan(0.995);
  });
});
