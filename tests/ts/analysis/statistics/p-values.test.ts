import { describe, expect, it } from "vitest";
import { holm, mcnemarExact } from "../../../../ts/analysis/statistics/p-values.ts";

it.each([
  // Smallest times 4, next times 3, and so on; none below a smaller one's.
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.2, 0.6, 0.5],
    [0.6, 1, 1],
  ],
  [
    [0.02, 0.02],
    [0.04, 0.04],
  ],
  [[0.03], [0.03]],
  [[], []],
])("Holm's adjustment of %j is %j", (ps, adjusted) => {
  expect(holm(ps)).toEqual(adjusted.map((p) => expect.closeTo(p, 12)));
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
