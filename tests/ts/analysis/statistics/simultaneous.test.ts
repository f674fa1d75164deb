import { describe, expect, it } from "vitest";
import { percentileInterval } from "../../../../ts/analysis/statistics/bootstrap.ts";
import { simultaneousIntervals } from "../../../../ts/analysis/statistics/simultaneous.ts";
import { randomFrom } from "../../../../ts/core/random.ts";

function normals(name: string, count = 4000): Float64Array {
  const random = randomFrom(name, 1);
  return Float64Array.from({ length: count }, () => {
    const [u, v] = [1 - random.next(), random.next()];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
}

const insideAll = (series: Float64Array[]): number => {
  const intervals = simultaneousIntervals(series);
  const { length } = series[0]!;
  let inside = 0;
  for (let at = 0; at < length; at++)
    if (
      series.every(
        (draws, which) => draws[at]! >= intervals[which]!.low && draws[at]! <= intervals[which]!.high,
      )
    )
      inside++;
  return inside / length;
};

describe("simultaneous intervals", () => {
  it("are the percentile interval where there is one number", () => {
    const draws = normals("one");
    expect(simultaneousIntervals([draws])).toEqual([percentileInterval(draws)]);
    expect(simultaneousIntervals([])).toEqual([]);
  });

  it("are no wider where one number is another times ten", () => {
    const draws = normals("one");
    const [, tenfold] = simultaneousIntervals([draws, draws.map((value) => 10 * value)]);
    expect(tenfold!.low).toBeCloseTo(10 * percentileInterval(draws)!.low, 10);
  });

  it("hold 95 % of the resamples at once, as each by itself does not", () => {
    const series = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => normals(name));
    expect(insideAll(series)).toBeGreaterThanOrEqual(0.95);
    // All sixteen ends step over a draw at the same tail share.
    expect(insideAll(series)).toBeLessThan(0.95 + 16 / 4000);
    // Of eight independent ones each has to hold 0.95^(1/8) = 99.36 %: 2.73 standard deviations to either side.
    for (const { low, high } of simultaneousIntervals(series)) {
      expect(high).toBeGreaterThan(2.4);
      expect(high).toBeLessThan(3.1);
      expect(-low).toBeGreaterThan(2.4);
    }
  });
});
