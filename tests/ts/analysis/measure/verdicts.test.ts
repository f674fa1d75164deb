import { describe, expect, it } from "vitest";
import type { Difference } from "../../../../ts/analysis/generated/report.ts";
import { summarise } from "../../../../ts/analysis/index.ts";
import {
  directionOf,
  drawnFrom,
  holds,
  judgeTogether,
  shownInterval,
} from "../../../../ts/analysis/measure/verdicts.ts";
import { syntheticRun } from "../synthetic.ts";

const difference = (low: number, high: number, changes: Partial<Difference> = {}): Difference => ({
  value: (low + high) / 2,
  interval: { low, high },
  overSeeds: null,
  clear: low > 0 || high < 0,
  p: 0.001,
  pHolm: null,
  ...changes,
});

describe("the interval that decides", () => {
  it("reaches to 0 where the adjusted test does not rule 0 out, and is a gain or a loss where it leaves 0 out", () => {
    const [sure, unsure, loss] = [
      difference(0.01, 0.03),
      difference(0.001, 0.034, { p: 0.04 }),
      difference(-0.05, -0.02),
    ];
    judgeTogether([sure, unsure, loss]);
    expect(shownInterval(sure)).toEqual({ low: 0.01, high: 0.03 });
    expect(shownInterval(unsure)).toEqual({ low: 0.001, high: 0.034 });
    expect([sure, unsure, loss].map((one) => directionOf(one))).toEqual(["gain", "gain", "loss"]);
    judgeTogether([unsure, difference(0, 0.1, { p: 0.04 })]);
    expect(unsure).toMatchObject({ pHolm: 0.08, simultaneous: { low: 0, high: 0.034 } });
    expect(directionOf(unsure)).toBe("unclear");
    expect(directionOf(loss, true)).toBe("gain");
  });

  it("is as wide as that over the seeds", () => {
    const seeds = { mean: 0.02, std: 0.02, low: -0.03, high: 0.07 };
    const wide = difference(0.01, 0.03, { overSeeds: seeds });
    judgeTogether([wide]);
    expect(wide.simultaneous).toEqual({ low: -0.03, high: 0.07 });
    expect(holds(wide)).toBe(false);
  });

  it("is for all together where the draws are known", () => {
    const draws = (shift: number): Float64Array =>
      Float64Array.from({ length: 2000 }, (_, at) => 0.05 + 0.01 * Math.sin((at + shift) * 7919));
    const several = [0, 17, 31].map((shift) => drawnFrom(difference(0.0405, 0.0595), draws(shift)));
    judgeTogether(several);
    for (const { simultaneous } of several) {
      expect(simultaneous!.low).toBeLessThan(0.0405);
      expect(simultaneous!.high).toBeGreaterThan(0.0595);
    }
  });

  it("is worked out from what older reports have", () => {
    expect(shownInterval(difference(0.001, 0.034, { pHolm: 0.2 }))).toEqual({ low: 0, high: 0.034 });
    expect(shownInterval(difference(0.001, 0.034, { pHolm: 0.02 }))).toEqual({ low: 0.001, high: 0.034 });
    expect(holds(difference(0.1, 0.2, { p: null, clear: false }))).toBe(false);
  });

  it("never contradicts its verdict in a whole report, whatever the tests say", () => {
    const { methods } = summarise(syntheticRun({ questions: 90, seeds: [1, 2] }), 300);
    const tested = methods
      .flatMap(({ comparisons }) => comparisons.flatMap(({ differences }) => Object.values(differences)))
      .filter(({ p }) => p !== null);
    expect(tested.length).toBeGreaterThan(30);
    for (const one of tested) {
      const { low, high } = one.simultaneous!;
      expect(low).toBeLessThanOrEqual(one.interval!.low);
      expect(high).toBeGreaterThanOrEqual(one.interval!.high);
      expect(holds(one)).toBe(low > 0 || high < 0);
      if (holds(one)) expect(one.pHolm).toBeLessThan(0.05);
    }
  });
});
