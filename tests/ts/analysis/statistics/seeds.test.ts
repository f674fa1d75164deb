import { describe, expect, it } from "vitest";
import { overSeeds, tQuantile } from "../../../../ts/analysis/statistics/seeds.ts";

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
