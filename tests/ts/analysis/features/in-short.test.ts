import { describe, expect, it } from "vitest";
import { sentencesOf } from "../../../../ts/analysis/features/findings/catalogue.ts";
import { chapters } from "../../../../ts/analysis/features/in-short/view.ts";
import { type RunSummary, renderPage, summarise } from "../../../../ts/analysis/index.ts";
import { allMethods, methods, syntheticRun } from "../synthetic.ts";

const sentences = (summary: RunSummary): string[] =>
  chapters.map((chapter) => sentencesOf(chapter, summary).join(" "));

const short = (options: Parameters<typeof syntheticRun>[0]) => {
  const summary = summarise(syntheticRun({ trainingSteps: 2, ...options }), 200);
  const [done, found, sure] = sentences(summary);
  return { summary, done: done!, found: found!, sure: sure! };
};

describe("a run in plain words", () => {
  const one = short({ questions: 200 });

  it("says how much was learnt from and measured on", () => {
    expect(one.done).toContain("1,200 sampled solutions to 200 training questions");
    expect(one.done).toContain("6 ways of going on from there are compared, 4 of them learning");
    expect(one.done).toContain("measured on 200 test questions that it was not trained on, with 1 seed.");
  });

  it("names those that differ from continued VFT after the adjustment, and no others", () => {
    const clear = one.summary.methods.filter(({ comparisons }) => {
      const difference = comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
      return difference?.pHolm != null && difference.pHolm < 0.05;
    });
    expect(clear.length).toBeGreaterThan(0);
    const [, told] = /In greedy accuracy, (.*?); the others cannot be told from it\./.exec(one.found)!;
    for (const { label } of one.summary.methods)
      expect([label, told!.includes(`${label} (`)]).toEqual([
        label,
        clear.some((method) => method.label === label),
      ]);
  });

  it("asks for agreement between seeds where there are several, and names no more than four of a side", () => {
    const { found, summary } = short({ questions: 150, seeds: [1, 2], methods: allMethods });
    expect(found).toContain("by intervals for all of them together, and for other seeds");
    const differences = summary.methods.flatMap(({ label, comparisons }) =>
      comparisons
        .filter(({ role }) => role === "continued")
        .map(({ differences: { accuracy } }) => ({ label, ...accuracy })),
    );
    const unsure = differences.filter(
      ({ overSeeds, pHolm }) => pHolm! < 0.05 && overSeeds!.low <= 0 && overSeeds!.high >= 0,
    );
    const [, told] = /In greedy accuracy, (.*?) \(by intervals/.exec(found)!;
    for (const { label } of unsure) expect(told).not.toContain(`${label} (`);
    for (const side of told!.split("; ")) expect(side.match(/ points \[/g)!.length).toBeLessThanOrEqual(4);
  });

  it("answers first whether anything was gained, in line with the tests", () => {
    const gained = one.summary.methods.filter(({ comparisons, role }) => {
      const difference = comparisons.find((comparison) => comparison.role === "continued")?.differences
        .accuracy;
      return role !== "kept" && difference?.pHolm != null && difference.pHolm < 0.05 && difference.value! > 0;
    });
    expect(gained).toHaveLength(1);
    expect(one.found).toMatch(
      /^1 method of 4 that learn from the model’s own solutions gave clearly better greedy/,
    );
    expect(short({ questions: 12 }).found).toMatch(
      /^No method that learns from the model’s own solutions gave clearly/,
    );
  });

  it("says so where none differs by more than chance", () => {
    const few = short({ questions: 12 });
    expect(few.found).toContain("In greedy accuracy none of the 5 methods compared differs");
  });

  it("names the best of the methods that learn from the model's own solutions, not a baseline", () => {
    const shapes = methods.map((method) =>
      method.name === "kept" ? { ...method, shape: { ...method.shape, greedy: 0.95 } } : method,
    );
    expect(short({ questions: 60, methods: shapes }).found).not.toContain(
      "solutions, VFT, kept as it is answers",
    );
  });

  it("warns of one seed, and of what each kind of interval speaks of with several", () => {
    expect(one.sure).toContain("One seed was run, so nothing is known");
    expect(one.sure).toContain("the intervals of differences are therefore for all 5 together");
    const { sure, summary } = short({ questions: 30, seeds: [1, 2] });
    const [first, second] = summary.methods[0]!.metrics.accuracy.perSeed.map(({ value }) =>
      (100 * value!).toFixed(1),
    );
    expect(sure).toContain(
      `2 seeds were run; greedy accuracy of VFT, kept as it is by seed: ${first}, ${second} %.`,
    );
  });

  it("says how misaligned the model was before any method, as the pairs and the best-scored ones count it", () => {
    const run = syntheticRun({ questions: 200, trainingSteps: 2 });
    const { heldOut } = run.arms.find(({ method }) => method === "kept")!;
    let [pairs, wrongAbove, questions, wrongFirst] = [0, 0, 0, 0];
    for (const { candidates } of heldOut) {
      const distinct = [...new Map(candidates.map((one) => [one.text, one])).values()];
      const [right, wrong] = [true, false].map((is) => distinct.filter(({ correct }) => correct === is));
      for (const a of right!) for (const b of wrong!) wrongAbove += Number(b.score! > a.score!);
      pairs += right!.length * wrong!.length;
      if (right!.length * wrong!.length === 0) continue;
      questions++;
      wrongFirst += Number(!distinct.toSorted((a, b) => b.score! - a.score!)[0]!.correct);
    }
    const percent = (count: number, all: number): string => `${((100 * count) / all).toFixed(1)} %`;
    expect(one.found).toContain(`scores the wrong one higher in ${percent(wrongAbove, pairs)} [`);
    expect(one.found).toContain(
      ` of ${pairs.toLocaleString("en-US")} pairs; guessing would be wrong in 50 %`,
    );
    expect(one.found).toContain(`its best-scored one is wrong in ${percent(wrongFirst, questions)} [`);
  });

  it("of the VFT weights alone says that nothing was compared, and on which questions they were measured", () => {
    const own = methods.filter(({ name }) => name === "kept");
    const run = {
      ...syntheticRun({ questions: 200, trainingSteps: 2, methods: own }),
      split: "validation" as const,
    };
    const [done, found] = sentences(summarise(run, 200));
    expect(done).toContain("nothing was trained further. It was measured on 200 validation questions");
    expect(found).toMatch(
      /^Assessment misalignment of VFT, kept as it is: .* VFT, kept as it is: one greedy answer is right for /,
    );
    expect(found).toContain("if a right one always had the best score it would be");
  });

  it("speaks of samples where nothing was decoded greedily, and of no 0 questions", () => {
    const run = syntheticRun({ questions: 60, trainingSteps: 2, seeds: [1, 2] });
    const sampled = { ...run, arms: run.arms.map((arm) => ({ ...arm, predictions: [] })) };
    const [done, found, sure] = sentences(summarise(sampled, 200));
    expect(done).toContain("Each was measured on 60 test questions");
    expect(found).toContain("In the accuracy of single samples");
    expect(found).toContain("tells right from wrong best");
    expect(`${done} ${found} ${sure}`).not.toMatch(/– %|greedy answers? /);
  });

  it("does not call further training the same where a method trains otherwise", () => {
    const run = syntheticRun({ questions: 30, trainingSteps: 2 });
    const other = (name: string) => (name === "bc" ? { train: { epochs: 3 } } : {});
    const unequal = {
      ...run,
      methods: run.methods.map((one) => ({ ...one, settings: { ...one.settings, ...other(one.name) } })),
    };
    const [, found] = sentences(summarise(unequal, 200));
    expect(found).toContain("than continued VFT, further steps of plain fine-tuning.");
    expect(found).not.toContain("the same number of");
  });

  it("gives the numbers alone where there is no baseline, and nothing without methods", () => {
    const own = methods.filter(({ name }) => name === "bc");
    const { summary, found } = short({ questions: 20, methods: own });
    expect(found).toMatch(
      /^AFT-BC: one greedy answer is right for \d+\.\d % \[\d+\.\d, \d+\.\d\] of the questions\.$/,
    );
    expect(renderPage(syntheticRun(), { ...summary, methods: [] }, { examples: 0 })).not.toContain(
      "In short",
    );
  });
});
