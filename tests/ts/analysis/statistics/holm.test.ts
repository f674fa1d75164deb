import { expect, it } from "vitest";
import { holm } from "../../../../ts/analysis/statistics/holm.ts";

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
