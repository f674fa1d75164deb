import { describe, expect, it } from "vitest";
import { summarise } from "../../../../ts/analysis/index.ts";
import {
  testedAgainst,
  testedMetrics,
  unitDifferences,
} from "../../../../ts/analysis/measure/paired-tests.ts";
import { holm } from "../../../../ts/analysis/statistics/p-values.ts";
import { allMethods, syntheticRun } from "../synthetic.ts";

const tallies = (...pairs: [number, number][]) =>
  pairs.map(([numerator, denominator]) => ({ numerator, denominator }));

describe("what a question adds to a difference", () => {
  it("is its share of the ratio of sums, averaged over the seeds", () => {
    // Of 4 pairs: (3 - 1) / 4 and (0 - 1) / 4; the second seed: (2 - 3) / 5 and (2 - 0) / 5.
    const first = [tallies([3, 3], [0, 1]), tallies([1, 3], [1, 1])] as const;
    const second = [tallies([2, 3], [2, 2]), tallies([3, 3], [0, 2])] as const;
    expect([...unitDifferences([first])!]).toEqual([0.5, -0.25]);
    expect([...unitDifferences([first, second])!]).toEqual([
      expect.closeTo(0.5 / 2 - 0.2 / 2, 12),
      expect.closeTo(-0.25 / 2 + 0.4 / 2, 12),
    ]);
  });

  it("does not exist where the methods do not have the same below the line, or nothing", () => {
    expect(unitDifferences([[tallies([1, 2]), tallies([1, 3])]])).toBeNull();
    expect(unitDifferences([[tallies([0, 0]), tallies([0, 0])]])).toBeNull();
    expect(unitDifferences([])).toBeNull();
  });
});

describe("a run's tests", () => {
  const run = syntheticRun({ questions: 50, seeds: [1, 2, 3], methods: allMethods });
  const summary = summarise(run, 50);

  it("adjust for all methods compared with the same baseline, metric by metric", () => {
    for (const role of ["continued", "kept"] as const)
      for (const metric of testedMetrics) {
        const tested = testedAgainst(summary.methods, role, metric);
        expect(tested).toHaveLength(allMethods.length - 1);
        expect(tested.map(({ pHolm }) => pHolm)).toEqual(holm(tested.map(({ p }) => p!)));
      }
  });

  it("leave the other metrics untested", () => {
    const { majority, perplexityPositive } = summary.methods[0]!.comparisons[0]!.differences;
    expect([majority.p, majority.pHolm, perplexityPositive.p, perplexityPositive.pHolm]).toEqual(
      Array(4).fill(null),
    );
  });

  it("find what was put in, and nothing between samples that were drawn alike", () => {
    const against = (name: string) =>
      summary.methods.find((one) => one.name === name)!.comparisons.find(({ role }) => role === "continued")!
        .differences;
    expect(against("rrhf-none").accuracy.pHolm).toBeLessThan(0.01);
    expect(against("none").assessmentMicro.pHolm).toBeLessThan(0.01);
    for (const { differences } of summary.methods.flatMap(({ comparisons }) => comparisons))
      expect(differences.sampledAccuracy.pHolm).toBeGreaterThan(0.05);
  });

  it("are McNemar's for greedy accuracy of one seed", () => {
    const one = summarise(syntheticRun(), 50);
    for (const { comparisons } of one.methods)
      for (const { differences, mcnemar } of comparisons) expect(differences.accuracy.p).toBe(mcnemar[0]!.p);
  });

  it("are left out where an arm was asked other questions than the baseline", () => {
    const arms = run.arms.map((arm) =>
      arm.method === "rft" ? { ...arm, predictions: arm.predictions.slice(1) } : arm,
    );
    const rft = summarise({ ...run, arms }, 50).methods.find(({ name }) => name === "rft")!;
    const { accuracy, assessmentMicro } = rft.comparisons[0]!.differences;
    expect([accuracy.p, accuracy.pHolm]).toEqual([null, null]);
    expect(assessmentMicro.p).not.toBeNull();
  });
});
