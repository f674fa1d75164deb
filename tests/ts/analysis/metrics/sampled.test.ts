import { describe, expect, it } from "vitest";
import { passTally, sampledTally } from "../../../../ts/analysis/metrics/sampled.ts";
import { answers } from "../groups.ts";

describe("pass@k of one question", () => {
  it.each([
    // n = 5, c = 2: 1 - C(3, k) / C(5, k).
    [1, 2 / 5],
    [2, 1 - 3 / 10],
    [3, 1 - 1 / 10],
    [4, 1],
    [5, 1],
  ])("with 2 of 5 samples right, pass@%d is %d", (k, expected) => {
    expect(passTally(answers("4", "5", "5", "4", null), k).numerator).toBeCloseTo(expected, 12);
  });

  it("is 0 when none is right and 1 when all are", () => {
    expect(passTally(answers("5", "5"), 2)).toEqual({ numerator: 0, denominator: 1 });
    expect(passTally(answers("4", "4"), 1)).toEqual({ numerator: 1, denominator: 1 });
  });

  it("leaves a question with fewer samples out", () => {
    expect(passTally(answers("4", "4"), 3)).toEqual({ numerator: 0, denominator: 0 });
  });

  it("stays exact where binomial coefficients overflow", () => {
    const many = [...answers("4"), ...Array.from({ length: 1999 }, () => answers("5")[0]!)];
    expect(passTally(many, 1000).numerator).toBeCloseTo(0.5, 12);
  });
});

it("sampled accuracy counts every sample, repeated texts included", () => {
  const [repeated] = answers("4");
  expect(sampledTally([repeated!, repeated!, ...answers("5", null)])).toEqual({
    numerator: 2,
    denominator: 4,
  });
});
