import { describe, expect, it } from "vitest";
import { diagnose } from "../../../../ts/analysis/features/findings/numbers.ts";
import type { Difference, MethodSummary, RunSummary } from "../../../../ts/analysis/generated/report.ts";
import {
  matteringWarnings,
  mattersWhileTraining,
  summarise,
  verdictOf,
} from "../../../../ts/analysis/index.ts";
import { methods, syntheticRun } from "../synthetic.ts";

const summary = summarise(syntheticRun({ questions: 400, trainingSteps: 2 }), 200);

const difference = (value: number, half: number): Difference => ({
  value,
  interval: { low: value - half, high: value + half },
  overSeeds: null,
  clear: true,
  p: 0.001,
  pHolm: 0.001,
  simultaneous: { low: value - half, high: value + half },
});

/** Accuracies of the six, in percent, and half the width of the interval of a difference to continued VFT. */
function withAccuracies(accuracies: readonly number[], half: number): RunSummary {
  const continued = accuracies[1]!;
  return {
    ...summary,
    methods: summary.methods.slice(0, accuracies.length).map((method, at): MethodSummary => {
      const value = accuracies[at]! / 100;
      return {
        ...method,
        metrics: { ...method.metrics, accuracy: { ...method.metrics.accuracy, value } },
        comparisons: method.comparisons.map((comparison) => ({
          ...comparison,
          differences: {
            ...comparison.differences,
            accuracy: difference(value - continued / 100, half / 100),
          },
        })),
      };
    }),
  };
}

describe("the verdict in a sentence", () => {
  it.each([
    [
      "some are better, some worse",
      withAccuracies([50, 51, 51.5, 43.5, 55, 55.5], 3),
      "gain",
      "AFT-BC (55.5 %, +4.5 points [+1.5, +7.5]) and AFT-DC (55.0 %, +4.0 points [+1.0, +7.0]) answer more of 400 test questions rightly than continued VFT (51.0 %); RFT cannot be told from it; AFT, no constraint (−7.5 points) answers fewer.",
    ],
    [
      "none is better",
      withAccuracies([50, 51, 51.5, 43.5, 51.5, 51], 3),
      "loss",
      "No method answers significantly more of 400 test questions rightly than continued VFT (51.0 %): the best, RFT and AFT-DC, are at +0.5 points [−2.5, +3.5]; AFT, no constraint (−7.5 points) answers fewer.",
    ],
    [
      "none differs",
      withAccuracies([50, 51, 50.5, 50, 50, 50], 3),
      "unclear",
      "No method answers significantly more of 400 test questions rightly than continued VFT (51.0 %): the best, RFT, is at −0.5 points [−3.5, +2.5].",
    ],
    [
      "the only one cannot be told apart",
      withAccuracies([50, 51, 51.5], 3),
      "unclear",
      "RFT (51.5 %) cannot be told from continued VFT (51.0 %) by 400 test questions: +0.5 points [−2.5, +3.5].",
    ],
    [
      "all are worse",
      withAccuracies([50, 51, 40, 30], 3),
      "loss",
      "AFT, no constraint (30.0 %, −21.0 points [−24.0, −18.0]) and RFT (40.0 %, −11.0 points [−14.0, −8.0]) answer fewer of 400 test questions rightly than continued VFT (51.0 %), and none answers more.",
    ],
    [
      "none answers any",
      withAccuracies([0, 0, 0, 0], 0.1),
      "unclear",
      "None of the 4 methods answers any of the 400 test questions rightly.",
    ],
    [
      "all answer all",
      withAccuracies([100, 100, 100], 0.1),
      "unclear",
      "Every one of the 3 methods answers all 400 test questions rightly.",
    ],
    [
      "more further training alone",
      withAccuracies([50, 51], 3),
      "unclear",
      "continued VFT (51.0 %) cannot be told from VFT, kept as it is (50.0 %) by 400 test questions: 0.0 points [−3.0, +3.0].",
    ],
  ])("%s", (_, given, tone, sentence) => {
    expect(verdictOf(given)).toEqual({ tone, sentence, basis: "400 test questions, 1 seed" });
  });

  it("of many names the first alone", () => {
    const many = withAccuracies([50, 40, 51, 52, 53, 54], 3);
    expect(verdictOf(many).sentence).toBe(
      "4 of 4 methods answer more of 400 test questions rightly than continued VFT (40.0 %), AFT-BC the most (54.0 %, +14.0 points [+11.0, +17.0]).",
    );
  });

  it("of one method alone says its share, of four questions that they are too few, of nothing that there is nothing", () => {
    const one = summarise(syntheticRun({ methods: methods.slice(5), trainingSteps: 2 }), 50);
    expect(verdictOf(one).sentence).toMatch(
      /^AFT-BC answers \d+\.\d % \[.*\] of 60 test questions rightly; there is nothing/,
    );
    const few = summarise(syntheticRun({ questions: 4, trainingSteps: 2 }), 50);
    expect(verdictOf(few).sentence).toMatch(
      /^4 test questions are too few to tell any method from continued VFT \(/,
    );
    expect(verdictOf({ ...summary, methods: [] }).sentence).toBe("No method was evaluated.");
  });
});

describe("the warnings that matter", () => {
  const [groups] = summary.trainGroups;
  const learnt = (correct: number, candidates: number, questions: number, accuracy: number): RunSummary => {
    const given = withAccuracies([accuracy, accuracy], 3);
    const trainGroups = [
      { ...groups!, groups: questions, withPair: 1, counts: { candidates, correct }, rightAnswers: 0 },
    ];
    const none = { value: 0, perSeed: [] };
    const of = given.methods.map((method) => ({
      ...method,
      metrics: {
        ...method.metrics,
        accuracy: { ...method.metrics.accuracy, perSeed: [{ ...method.metrics.accuracy.perSeed[0]!, n: 4 }] },
        sampledAccuracy: { ...method.metrics.sampledAccuracy, ...none },
      },
    }));
    const measured = { ...given, methods: of, trainGroups, training: [] };
    return { ...measured, diagnostics: diagnose(measured) };
  };

  it("has a run that learnt twelve rows by heart, that has hardly a pair, and four questions to measure on", () => {
    const labels = matteringWarnings(learnt(71, 72, 12, 0)).map(({ label }) => label);
    expect(labels.slice(0, 3)).toEqual([
      "only 4 questions",
      "over-fitted: 99 % right on training questions, 0 % on others",
      "11 of 12 training questions without a pair",
    ]);
  });

  it("does not call over-fitted what is as right elsewhere, or may be by so few questions", () => {
    const ids = (of: RunSummary): string[] => matteringWarnings(of).map(({ id }) => id);
    expect(ids(learnt(71, 72, 12, 75))).not.toContain("memorised-training");
    expect(ids(learnt(40, 72, 12, 0))).not.toContain("memorised-training");
  });

  it("names the methods that a warning is about, or counts them, and leaves out the details of training", () => {
    const warnings = matteringWarnings(summary);
    expect(warnings.map(({ label }) => label)).toContain("right solutions less likely: AFT, no constraint");
    expect(warnings.find(({ id }) => id === "positives-less-likely")!.texts[0]).toMatch(
      /^AFT, no constraint: right COTs/,
    );
    expect(mattersWhileTraining("clipped")).toBe(false);
    expect(mattersWhileTraining("no-pairs")).toBe(true);
  });
});
