import { describe, expect, it } from "vitest";
import { binsOf, difficultyOf, testedOf } from "../../../../ts/analysis/features/difficulty/numbers.ts";
import { signFlipTest } from "../../../../ts/analysis/statistics/sign-flip.ts";
import { syntheticRun } from "../synthetic.ts";

const times = (steps: number, n: number): number[] => Array.from({ length: n }, () => steps);
const test = signFlipTest(200, "test");

describe("bins of steps", () => {
  it("join neighbours until a bin has thirty questions", () => {
    expect(binsOf([...times(1, 40), ...times(2, 10), ...times(3, 25), ...times(5, 31)])).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 3 },
      { from: 5, to: 5 },
    ]);
  });

  it("add what is left at the end to the last bin", () => {
    expect(binsOf([...times(1, 30), ...times(2, 30), ...times(9, 29)])).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 9 },
    ]);
    expect(binsOf(times(2, 5))).toEqual([{ from: 2, to: 2 }]);
  });
});

describe("accuracy by steps", () => {
  const run = syntheticRun({ questions: 150, trainingSteps: 2 });
  const found = difficultyOf(run, { seed: "s", resamples: 200, test })!;

  it("counts the questions of each bin, and the right ones by hand", () => {
    expect(found.bins.length).toBeGreaterThan(1);
    expect(found.bins.reduce((sum, { questions }) => sum + questions, 0)).toBe(150);
    const { predictions } = run.arms.find(({ method }) => method === "bc")!;
    for (const { from, to, methods } of found.bins) {
      const asked = predictions.filter(({ steps }) => steps! >= from && steps! <= to);
      const { accuracy } = methods.find(({ name }) => name === "bc")!;
      expect(accuracy.value).toBeCloseTo(asked.filter(({ correct }) => correct).length / asked.length, 12);
      expect(accuracy.perSeed[0]!.n).toBe(asked.length);
      expect(accuracy.intervalMethod).toBe("wilson");
    }
  });

  it("adjusts p for all methods in all bins", () => {
    const tested = testedOf(found.bins);
    expect(tested).toHaveLength(5 * found.bins.length);
    const smallest = tested.reduce((least, one) => (one.p! < least.p! ? one : least));
    expect(smallest.pHolm).toBeCloseTo(Math.min(1, smallest.p! * tested.length), 12);
  });

  it("is left out where steps are unknown or all the same, and counts the unknown ones", () => {
    const without = (every: number) => ({
      ...run,
      arms: run.arms.map((arm) => ({
        ...arm,
        predictions: arm.predictions.map(({ steps, ...one }, at) =>
          at % every === 0 ? one : { ...one, steps: steps! },
        ),
      })),
    });
    expect(difficultyOf(without(1), { seed: "s", resamples: 50, test })).toBeUndefined();
    expect(difficultyOf(without(10), { seed: "s", resamples: 50, test })!.unknown).toBe(15);
  });
});
