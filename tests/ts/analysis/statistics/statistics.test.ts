import { describe, expect, it } from "vitest";
import {
  bootstrapRatios,
  differenceDraws,
  percentileInterval,
  quantile,
} from "../../../../ts/analysis/statistics/bootstrap.ts";
import { mcnemarExact } from "../../../../ts/analysis/statistics/mcnemar.ts";
import { overSeeds, tQuantile } from "../../../../ts/analysis/statistics/seeds.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/wilson.ts";

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

describe("McNemar's exact test", () => {
  it.each([
    [1, 5, 14 / 64],
    [0, 10, 2 / 1024],
    [3, 3, 1],
    [0, 0, 1],
    [7, 2, (2 * (1 + 9 + 36)) / 512],
  ])("of %d against %d has p = %d", (onlyFirst, onlySecond, p) => {
    expect(mcnemarExact(onlyFirst, onlySecond)).toBeCloseTo(p, 12);
    expect(mcnemarExact(onlySecond, onlyFirst)).toBeCloseTo(p, 12);
  });

  it("does not underflow with thousands of discordant questions", () => {
    expect(mcnemarExact(2000, 2000)).toBe(1);
    // Normal approximation with continuity correction: z = (100 - 1) / sqrt(4000) = 1.565, p = .1175.
    expect(mcnemarExact(1950, 2050)).toBeCloseTo(0.1175, 3);
  });
});

describe("over seeds", () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [7, 2.3646],
    [30, 2.0423],
  ])("Student's 97.5 %% point for %d degrees of freedom is %d", (degrees, expected) => {
    expect(tQuantile(0.975, degrees)).toBeCloseTo(expected, 4);
  });

  it("gives mean, std (n - 1) and Student's interval", () => {
    const { mean, std, low, high } = overSeeds([1, 2, 3])!;
    expect([mean, std]).toEqual([2, 1]);
    expect(low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
    expect(high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
  });

  it("says nothing about one seed", () => {
    expect(overSeeds([0.5])).toBeNull();
  });
});

describe("bootstrap over questions", () => {
  const share = (ones: number, n: number) =>
    Array.from({ length: n }, (_, at) => ({ numerator: at < ones ? 1 : 0, denominator: 1 }));

  it("gives the same draws for the same seed, and others for another", () => {
    const [first] = bootstrapRatios([share(30, 100)], 1, 50);
    const [again] = bootstrapRatios([share(30, 100)], 1, 50);
    const [other] = bootstrapRatios([share(30, 100)], 2, 50);
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  it("agrees with the binomial distribution for a share", () => {
    const [draws] = bootstrapRatios([share(300, 1000)], "binomial", 4000);
    const interval = percentileInterval(draws!)!;
    const half = 1.96 * Math.sqrt((0.3 * 0.7) / 1000);
    expect(interval.low).toBeCloseTo(0.3 - half, 2);
    expect(interval.high).toBeCloseTo(0.3 + half, 2);
  });

  it("weighs a question by what it has below the line", () => {
    const tallies = [
      { numerator: 9, denominator: 9 },
      { numerator: 0, denominator: 1 },
    ];
    const [draws] = bootstrapRatios([tallies], 1, 200);
    expect(new Set(draws)).toEqual(new Set([1, 0.9, 0]));
  });

  it("is paired: two series that differ in one question differ little in every draw", () => {
    const [a, b] = bootstrapRatios([share(51, 100), share(50, 100)], 1, 500);
    const interval = percentileInterval(differenceDraws(a!, b!))!;
    expect(interval.low).toBe(0);
    expect(interval.high).toBeCloseTo(0.03, 6);
  });

  it("leaves out resamples in which nothing stood below the line", () => {
    const [draws] = bootstrapRatios(
      [
        [
          { numerator: 1, denominator: 1 },
          { numerator: 0, denominator: 0 },
        ],
      ],
      1,
      100,
    );
    expect(draws!.some(Number.isNaN)).toBe(true);
    expect(percentileInterval(draws!)).toEqual({ low: 1, high: 1 });
    expect(percentileInterval(new Float64Array([Number.NaN]))).toBeNull();
  });

  it("refuses series of different questions", () => {
    expect(() => bootstrapRatios([share(1, 2), share(1, 3)], 1)).toThrow(/same questions/);
  });
});

it("quantiles lie on the line between neighbours", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0)).toBe(1);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
});
