import { describe, expect, it } from "vitest";
import {
  bootstrapRatios,
  differenceDraws,
  percentileInterval,
  quantile,
} from "../../../../ts/analysis/statistics/bootstrap.ts";

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
