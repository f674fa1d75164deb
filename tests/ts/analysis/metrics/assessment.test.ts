import { describe, expect, it } from "vitest";
import { pairTally, questionTally } from "../../../../ts/analysis/metrics/assessment.ts";
import { randomFrom } from "../../../../ts/core/random.ts";

describe("assessment accuracy of one question", () => {
  it("counts the pairs in which the right COT scores higher", () => {
    // (-1, -2), (-1, -4), (-3, -4) are won, (-3, -2) is lost.
    expect(pairTally({ positive: [-1, -3], negative: [-2, -4] })).toEqual({ numerator: 3, denominator: 4 });
  });

  it("counts a tie one half", () => {
    expect(pairTally({ positive: [-1, -1], negative: [-1, -2, -0.5] })).toEqual({
      numerator: 2 * (0.5 + 1 + 0),
      denominator: 6,
    });
  });

  it("has no share where one side is empty", () => {
    expect(pairTally({ positive: [-1], negative: [] })).toEqual({ numerator: 0, denominator: 0 });
    expect(questionTally({ positive: [], negative: [-1, -2] })).toEqual({ numerator: 0, denominator: 0 });
  });

  it("weighs every question the same in the macro average", () => {
    expect(questionTally({ positive: [-1, -3], negative: [-2, -4] })).toEqual({
      numerator: 0.75,
      denominator: 1,
    });
  });

  it("equals the comparison of every pair, ties included, for random scores", () => {
    for (let trial = 0; trial < 200; trial++) {
      const random = randomFrom("pairs", trial);
      const draw = () => Array.from({ length: random.int(0, 9) }, () => -random.int(1, 6) / 4);
      const positive = draw();
      const negative = draw();
      let won = 0;
      for (const p of positive) for (const n of negative) won += p > n ? 1 : p === n ? 0.5 : 0;
      expect(pairTally({ positive, negative })).toEqual({
        numerator: won,
        denominator: positive.length * negative.length,
      });
    }
  });
});
