import { describe, expect, it } from "vitest";
import { diagnose } from "../../../ts/analysis/diagnostics.ts";
import { summarise } from "../../../ts/analysis/index.ts";
import type { Difference, MethodSummary } from "../../../ts/analysis/report/schema.ts";
import { syntheticRun } from "./synthetic.ts";

const summary = summarise(syntheticRun());
const [template] = summary.methods.filter(({ name }) => name === "bc");

const difference = (value: number, half: number): Difference => ({
  value,
  interval: { low: value - half, high: value + half },
  overSeeds: null,
  clear: Math.abs(value) > half,
});

/** A method whose differences to both baselines are as given, in shares. */
function method(changes: {
  accuracy?: Difference;
  assessment?: Difference;
  perplexity?: Difference;
  p?: number;
}): MethodSummary {
  const none = difference(0, 0.01);
  return {
    ...template!,
    label: "BC",
    comparisons: template!.comparisons.map((comparison) => ({
      ...comparison,
      mcnemar: [{ seed: 1, onlyThis: 30, onlyBaseline: 10, p: changes.p ?? 0.002 }],
      differences: {
        ...comparison.differences,
        accuracy: changes.accuracy ?? none,
        assessmentMicro: changes.assessment ?? none,
        perplexityPositive: changes.perplexity ?? none,
      },
    })),
  };
}

const found = (id: string, changes: Parameters<typeof method>[0]) =>
  diagnose([method(changes)], []).find((diagnostic) => diagnostic.id === id)!;

describe("gain over continued VFT", () => {
  it("is shown when the interval excludes 0 and the exact test agrees", () => {
    expect(found("gain-over-continued-vft", { accuracy: difference(0.02, 0.01) })).toMatchObject({
      level: "fine",
      method: "bc",
      text: "BC: it gains over continued VFT (+2.0 points [+1.0, +3.0], exact McNemar p = 0.002) by more than the noise; one seed shows nothing of the spread between runs.",
      evidence: { difference: 0.02, low: 0.01, high: 0.03, mcnemarP: 0.002 },
    });
  });

  it("is within the noise when the difference is not clear", () => {
    const text =
      "BC: the difference to continued VFT (+1.0 points [−1.0, +3.0], exact McNemar p < 0.001) is within the noise, so this run does not show that its loss has an effect on accuracy.";
    expect(found("gain-over-continued-vft", { accuracy: difference(0.01, 0.02), p: 0.0001 })).toMatchObject({
      level: "note",
      text,
    });
  });

  it("warns of a loss", () => {
    expect(found("gain-over-continued-vft", { accuracy: difference(-0.08, 0.01) })).toMatchObject({
      level: "warning",
      text: expect.stringContaining("worse than continued VFT (−8.0 points [−9.0, −7.0]"),
    });
  });
});

describe("over-fitting to assessing", () => {
  const up = difference(0.05, 0.01);
  it.each([
    ["assessment accuracy up and accuracy clearly down", up, difference(-0.03, 0.01), "warning"],
    ["accuracy down within the noise", up, difference(-0.01, 0.02), "note"],
    ["both up", up, difference(0.02, 0.01), "fine"],
    ["both down", difference(-0.01, 0.005), difference(-0.03, 0.01), "fine"],
  ])("%s", (_case, assessment, accuracy, level) => {
    const diagnostic = found("overfit-to-assessing", { assessment, accuracy });
    expect(diagnostic.level).toBe(level);
    expect(diagnostic.evidence).toEqual({
      assessmentDifference: assessment.value,
      accuracyDifference: accuracy.value,
    });
  });
});

it.each([
  [difference(0.06, 0.01), "warning", /right COTs have become less likely; the boundary may lie too close/],
  [difference(0.001, 0.01), "note", /slightly less likely, within the noise/],
  [difference(-0.01, 0.001), "fine", /have not become less likely/],
])("perplexity of positives against VFT: %o is a %s", (perplexity, level, text) => {
  const diagnostic = found("positives-less-likely", { perplexity });
  expect(diagnostic.level).toBe(level);
  expect(diagnostic.text).toMatch(text);
});

it("says how many training groups have no pair, and which side is missing", () => {
  const groups = {
    ...summary.trainGroups[0]!,
    groups: 1000,
    withPair: 400,
    withoutPositive: 450,
    withoutNegative: 150,
    rightAnswers: 0,
  };
  expect(diagnose([], [groups])).toEqual([
    {
      id: "groups-without-pair",
      level: "warning",
      text: "60.0 % of the training groups (600 of 1,000 groups) have no pair of a right and a wrong COT and train the VFT term only: 450 without a right one, 150 without a wrong one.",
      evidence: { groups: 1000, withoutPair: 600, withoutPositive: 450, withoutNegative: 150 },
    },
  ]);
});

it("warns where right answers are often reached by wrong steps, and is silent where steps were not checked", () => {
  const counts = { ...template!.counts, rightAnswers: 200, rightAnswersWrongSteps: 140 };
  const lucky = diagnose([{ ...template!, counts }], []).filter(({ id }) => id === "right-by-wrong-steps");
  expect(lucky).toMatchObject([
    {
      level: "warning",
      text: "AFT-BC: 70.0 % of the right answers (140 of 200 samples) were reached by wrong steps, so labels by the final answer are noisy here.",
    },
  ]);
  const unchecked = { ...template!, counts: { ...counts, rightAnswers: 0, rightAnswersWrongSteps: 0 } };
  expect(diagnose([unchecked], []).some(({ id }) => id === "right-by-wrong-steps")).toBe(false);
});
