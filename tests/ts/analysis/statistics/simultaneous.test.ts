import { describe, expect, it } from "vitest";
import { simultaneousIntervals } from "../../../../ts/analysis/statistics/simultaneous.ts";
import { randomFrom } from "../../../../ts/core/random.ts";

/** Standard normal numbers (Box and Muller). */
function normals(name: string, count = 4000): Float64Array {
  const random = randomFrom(name, 1);
  return Float64Array.from({ length: count }, () => {
    const [u, v] = [1 - random.next(), random.next()];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
}

const around = (name: string, value = 0, scale = 1) => ({
  value,
  draws: normals(name).map((draw) => value + scale * draw),
});

describe("simultaneous intervals", () => {
  it("are 1.96 standard errors to either side where there is one number, and none where there is none", () => {
    const [one] = simultaneousIntervals([around("one", 5, 2)]);
    expect((one!.high - 5) / 2).toBeGreaterThan(1.9);
    expect((one!.high - 5) / 2).toBeLessThan(2.02);
    expect(5 - one!.low).toBeCloseTo(one!.high - 5, 12);
    expect(simultaneousIntervals([])).toEqual([]);
  });

  it("are no wider where one number is another times ten", () => {
    const one = around("one");
    const tenfold = { value: 0, draws: one.draws.map((draw) => 10 * draw) };
    const [alone] = simultaneousIntervals([one]);
    const [first, second] = simultaneousIntervals([one, tenfold]);
    expect(first!.high).toBeCloseTo(alone!.high, 10);
    expect(second!.low).toBeCloseTo(10 * alone!.low, 10);
  });

  it("hold 95 % of the resamples at once, as each by itself does not", () => {
    const numbers = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => around(name));
    const intervals = simultaneousIntervals(numbers);
    const inside = numbers[0]!.draws.filter((_, at) =>
      numbers.every(({ draws }, which) => {
        const { low, high } = intervals[which]!;
        return draws[at]! >= low && draws[at]! <= high;
      }),
    ).length;
    expect(inside / 4000).toBeCloseTo(0.95, 3);
    // Of eight independent ones each has to hold 0.95^(1/8) = 99.36 %: 2.73 standard deviations to either side.
    for (const { low, high } of intervals) {
      expect(high).toBeGreaterThan(2.6);
      expect(high).toBeLessThan(2.86);
      expect(-low).toBeCloseTo(high, 12);
    }
  });

  it("go by the draws that are numbers", () => {
    const { draws } = around("one");
    const holed = draws.map((draw, at) => (at % 10 === 0 ? Number.NaN : draw));
    const [whole, partly] = [draws, holed].map(
      (given) => simultaneousIntervals([{ value: 0, draws: given }])[0]!,
    );
    expect(partly!.high).toBeGreaterThan(0.9 * whole!.high);
    expect(partly!.high).toBeLessThan(1.1 * whole!.high);
  });
});
