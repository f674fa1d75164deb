import { describe, expect, it } from "vitest";
import { mcnemarExact } from "../../../../ts/analysis/statistics/p-values.ts";
import { signFlipTest } from "../../../../ts/analysis/statistics/sign-flip.ts";
import { randomFrom } from "../../../../ts/core/random.ts";

const exact = signFlipTest(100, "exact");

/** All sign patterns one by one, no tables: the definition. */
function bruteForce(differences: readonly number[]): number {
  const target = Math.abs(differences.reduce((sum, value) => sum + value, 0)) - 1e-9;
  let reached = 0;
  for (let pattern = 0; pattern < 2 ** differences.length; pattern++) {
    let sum = 0;
    for (const [i, value] of differences.entries())
      sum += Math.floor(pattern / 2 ** i) % 2 === 1 ? value : -value;
    if (Math.abs(sum) >= target) reached++;
  }
  return reached / 2 ** differences.length;
}

describe("the paired sign-flip test", () => {
  it.each([
    // Sums of +-1 +-2 +-3: 6, 4, 2, 0, 0, -2, -4, -6.
    [[1, 2, 3], 2 / 8],
    [[-1, 2, 3], 4 / 8],
    [[1, 2, -3], 1],
    [[0.5], 1],
    [[1, 1, 1, 1, 1], 2 / 32],
    [[0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 2 / 32],
    [[0, 0, 0], 1],
    [[], 1],
  ])("of %j by hand is %d", (differences, p) => {
    expect(exact(differences)).toBe(p);
    expect(exact(differences.map((value) => -value))).toBe(p);
  });

  it.each([1, 7, 8, 9, 13, 16])("agrees with trying all patterns of %d units", (units) => {
    const random = randomFrom("units", units);
    const differences = Array.from({ length: units }, () => random.int(-6, 9) / 7);
    expect(exact(differences)).toBe(bruteForce(differences));
  });

  it("counts ties as reaching, though thirds do not add up to the same in every order", () => {
    expect(exact([1 / 3, -2 / 3, 1, 2 / 3])).toBe(bruteForce([1, -2, 3, 2]));
  });

  it("of right and wrong answers is McNemar's exact test", () => {
    const answers = [...Array(11).fill(0.01), ...Array(3).fill(-0.01), ...Array(60).fill(0)];
    expect(exact(answers)).toBeCloseTo(mcnemarExact(11, 3), 12);
  });

  it("of more than 16 units comes by draws near the exact value, and is the same for the same seed", () => {
    const answers = [...Array(40).fill(1), ...Array(24).fill(-1)];
    const test = signFlipTest(64, "draws", 40_000);
    // Two-sided binomial tail of 40 in 64, .0599; two standard errors of 40,000 draws are .0024.
    expect(Math.abs(test(answers) - mcnemarExact(40, 24))).toBeLessThan(0.0024);
    expect(signFlipTest(64, "draws", 40_000)(answers)).toBe(test(answers));
    expect(signFlipTest(64, "others", 40_000)(answers)).not.toBe(test(answers));
  });

  it("never says that chance is impossible: the least p of n draws is 1 / (n + 1)", () => {
    expect(signFlipTest(200, 1, 99)(Array(200).fill(1))).toBe(0.01);
  });
});
