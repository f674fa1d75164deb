import { describe, expect, it } from "vitest";
import { diagnose } from "../../../../../ts/analysis/features/findings/numbers.ts";
import type { Difference, MethodSummary, RunSummary } from "../../../../../ts/analysis/generated/report.ts";
import { summarise } from "../../../../../ts/analysis/index.ts";
import { syntheticRun } from "../../synthetic.ts";

const summary = summarise(syntheticRun());
const [template] = summary.methods.filter(({ name }) => name === "bc");

const difference = (value: number, half: number): Difference => ({
  value,
  interval: { low: value - half, high: value + half },
  overSeeds: null,
  clear: Math.abs(value) > half,
  p: null,
  pHolm: null,
});

/** A method whose differences to both baselines are as given, in shares. */
function method(changes: {
  accuracy?: Difference;
  assessment?: Difference;
  perplexity?: Difference;
  p?: number;
  pHolm?: number;
}): MethodSummary {
  const none = difference(0, 0.01);
  const p = changes.p ?? 0.002;
  const tested = { ...(changes.accuracy ?? none), p, pHolm: changes.pHolm ?? p };
  return {
    ...template!,
    label: "BC",
    comparisons: template!.comparisons.map((comparison) => ({
      ...comparison,
      mcnemar: [{ seed: 1, onlyThis: 30, onlyBaseline: 10, p }],
      differences: {
        ...comparison.differences,
        accuracy: tested,
        assessmentMicro: changes.assessment ?? none,
        perplexityPositive: changes.perplexity ?? none,
      },
    })),
  };
}

const diagnosed = (
  methods: MethodSummary[],
  trainGroups: RunSummary["trainGroups"] = [],
  training: RunSummary["training"] = [],
  answers: RunSummary["answers"] = [],
) => diagnose({ methods, trainGroups, training, answers, tasks: [] });

const found = (id: string, changes: Parameters<typeof method>[0]) =>
  diagnosed([method(changes)]).find((diagnostic) => diagnostic.id === id)!;

describe("gain over continued VFT", () => {
  it("is shown when the interval excludes 0 and the exact test agrees", () => {
    expect(found("gain-over-continued-vft", { accuracy: difference(0.02, 0.01) })).toMatchObject({
      level: "fine",
      method: "bc",
      text: "BC: it gains over continued VFT (+2.0 points [+1.0, +3.0]; test: exact McNemar p = 0.002) by more than the noise; one seed shows nothing of the spread between runs.",
      evidence: {
        difference: 0.02,
        low: 0.01,
        high: 0.03,
        mcnemarP: 0.002,
        p: 0.002,
        pHolm: 0.002,
        compared: 1,
      },
    });
  });

  it("is within the noise when the difference is not clear", () => {
    const text =
      "BC: the difference to continued VFT (+1.0 points [−1.0, +3.0]; test: exact McNemar p < 0.001) is within the noise, so this run does not show that its loss has an effect on accuracy.";
    expect(found("gain-over-continued-vft", { accuracy: difference(0.01, 0.02), p: 0.0001 })).toMatchObject({
      level: "note",
      text,
    });
  });

  it("is not shown where as many methods as were compared find one like it by chance", () => {
    const clear = method({ accuracy: difference(0.02, 0.01), p: 0.02, pHolm: 0.06 });
    const [first] = diagnosed([clear, clear, clear], []);
    expect(first).toMatchObject({
      level: "note",
      text: "BC: the difference to continued VFT (+2.0 points [0.0, +3.0]; test: exact McNemar p = 0.020, Holm-adjusted = 0.060 over 3 methods) is within the noise, so this run does not show that its loss has an effect on accuracy.",
      evidence: { p: 0.02, pHolm: 0.06, compared: 3 },
    });
  });

  it("is shown among several methods where the adjusted p stays small", () => {
    const clear = method({ accuracy: difference(0.02, 0.01), p: 0.01, pHolm: 0.02 });
    expect(diagnosed([clear, clear], [])[0]).toMatchObject({
      level: "fine",
      text: expect.stringContaining("exact McNemar p = 0.010, Holm-adjusted = 0.020 over 2 methods) by more"),
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
    [
      "both down: no over-fitting, but no reason for comfort",
      difference(-0.01, 0.005),
      difference(-0.03, 0.01),
      "note",
    ],
    ["assessing better within the noise alone", difference(0.002, 0.02), difference(-0.03, 0.01), "note"],
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
  [
    difference(0.06, 0.01),
    "warning",
    /right COTs have become less likely; beta may be too small .* or too large/,
  ],
  [difference(0.001, 0.01), "note", /slightly less likely, within the noise/],
  [difference(-0.01, 0.001), "fine", /have not become less likely/],
])("perplexity of positives against VFT: %o is a %s", (perplexity, level, text) => {
  const diagnostic = found("positives-less-likely", { perplexity });
  expect(diagnostic.level).toBe(level);
  expect(diagnostic.text).toMatch(text);
});

it.each([
  ["rrhf", "none", "; without a constraint, pushing wrong ones down drags right COTs with them"],
  [
    "aft",
    "ranked-boundary",
    "; beta may be too small (wrong COTs are pulled up) or too large (they sink as without a constraint), or the weight too high: a sweep over beta tells",
  ],
  ["dpo", "detached", ""],
  ["vft", undefined, ""],
])("names the likely cause by the constraint of any loss: %s, %s", (name, constraint, cause) => {
  const one = { ...method({ perplexity: difference(0.06, 0.01) }), method: name, settings: { constraint } };
  const { text } = diagnosed([one], []).find(({ id }) => id === "positives-less-likely")!;
  expect(text).toContain(`right COTs have become less likely${cause} (perplexity`);
});

it("does not blame a method for what continued VFT does as well", () => {
  const [kept, continued] = template!.comparisons.map(({ role }) => role);
  expect([kept, continued].sort()).toEqual(["continued", "kept"]);
  const one = method({ perplexity: difference(0.06, 0.01) });
  const comparisons = one.comparisons.map((comparison) =>
    comparison.role === "kept"
      ? comparison
      : {
          ...comparison,
          differences: { ...comparison.differences, perplexityPositive: difference(0.001, 0.01) },
        },
  );
  const found = diagnosed([{ ...one, comparisons }], []).find(({ id }) => id === "positives-less-likely")!;
  expect(found.level).toBe("note");
  expect(found.text).toContain("less likely, but not clearly more so than with continued VFT");
});

it("warns of right COTs that became less likely in these seeds, though others may differ", () => {
  const overSeeds = { mean: 0.06, std: 0.05, low: -0.06, high: 0.18 };
  const wide = { ...difference(0.06, 0.01), overSeeds, clear: false };
  const { level, text } = found("positives-less-likely", { perplexity: wide });
  expect(level).toBe("warning");
  expect(text).toContain("against VFT; the seeds lie too far apart to say so of others)");
});

it("says where the baseline trained otherwise than a method, and nowhere else", () => {
  const [continued, dc, bc] = ["continued", "dc", "bc"].map(
    (name) => summary.methods.find((one) => one.name === name)!,
  );
  const otherwise = { ...bc!, settings: { ...bc!.settings, train: { learningRate: 6e-4 } } };
  const found = diagnosed([continued!, dc!, otherwise], []).filter(({ id }) => id === "unequal-training");
  expect(found.map(({ method: name, text }) => [name, text])).toEqual([
    [
      "bc",
      "AFT-BC trains with learningRate 0.0006, continued VFT with the common settings: their difference is that of both, the method and the training.",
    ],
  ]);
  const alike = [continued!, otherwise].map((one) => ({ ...one, settings: otherwise.settings }));
  expect(diagnosed(alike, []).filter(({ id }) => id === "unequal-training")).toEqual([]);
});

it("tells each kind of live warning once a method, in the words of its first seed", () => {
  const told = (seed: number, step: number, kind: string, text: string) => ({
    method: "bc",
    seed,
    looks: [],
    warnings: [{ step, kind, text }],
  });
  const training = [
    told(1, 40, "sinks", "right COTs sink from 1.1 to 1.3"),
    told(2, 20, "sinks", "right COTs sink from 1.1 to 1.2"),
    told(3, 60, "overfits", "it over-fits"),
    { method: "dc", seed: 1, looks: [] },
  ];
  const found = diagnosed([template!], [], training).filter(({ id }) => id === "warned-while-training");
  expect(found).toEqual([
    {
      id: "warned-while-training",
      level: "warning",
      method: "bc",
      text: "AFT-BC: seed 1, step 40: right COTs sink from 1.1 to 1.3 – likewise seed 2 at step 20; seed 3, step 60: it over-fits.",
      evidence: { warnings: 3, firstStep: 20 },
    },
  ]);
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
  expect(diagnosed([], [groups])).toEqual([
    {
      id: "groups-without-pair",
      level: "warning",
      text: "60.0 % of the training questions (600 of 1,000) have no pair of a right and a wrong COT: nothing can be learnt from them about which is better. 450 without a right one, 150 without a wrong one.",
      evidence: { groups: 1000, withoutPair: 600, withoutPositive: 450, withoutNegative: 150 },
    },
  ]);
});

it("warns where right answers are often reached by wrong steps, and is silent where steps were not checked", () => {
  const counts = { ...template!.counts, rightAnswers: 200, rightAnswersWrongSteps: 140 };
  const trained = { ...summary.trainGroups[0]!, rightAnswers: 100, rightAnswersWrongSteps: 6 };
  const lucky = diagnosed([{ ...template!, counts }], [trained]).filter(
    ({ id }) => id === "right-by-wrong-steps",
  );
  expect(lucky).toMatchObject([
    {
      level: "warning",
      text: "Training samples: 6.0 % of the right answers (6 of 100 samples) were reached by wrong steps, more than 5 %, so labels by the final answer are noisy here.",
    },
    // No training goes by these.
    {
      level: "note",
      text: "AFT-BC: 70.0 % of the right answers (140 of 200 samples) were reached by wrong steps.",
    },
  ]);
  const unchecked = { ...template!, counts: { ...counts, rightAnswers: 0, rightAnswersWrongSteps: 0 } };
  expect(diagnosed([unchecked], []).some(({ id }) => id === "right-by-wrong-steps")).toBe(false);
});

it("counts wrong answers in whose steps the check finds no error, as a note", () => {
  const counts = { ...template!.counts, wrongAnswers: 50, wrongAnswersRightSteps: 10 };
  const of = (changed: Partial<typeof counts>) =>
    diagnosed([{ ...template!, counts: { ...counts, ...changed } }], []).filter(
      ({ id }) => id === "wrong-by-right-steps",
    );
  expect(of({})).toEqual([
    {
      id: "wrong-by-right-steps",
      level: "note",
      method: "bc",
      text: "AFT-BC: in 20.0 % of the wrong answers (10 of 50 samples) the check of the steps finds no error: the slip is in the answer itself or in what the check cannot see, and the whole COT counts as wrong for it.",
      evidence: { wrongAnswers: 50, withRightSteps: 10 },
    },
  ]);
  expect(of({ wrongAnswersRightSteps: 2 })[0]!.level).toBe("fine");
  expect(of({ wrongAnswers: 0, wrongAnswersRightSteps: 0 })).toEqual([]);
});

it("takes a sample without an answer for no wrong answer, whatever its steps", () => {
  const run = syntheticRun({ questions: 4, k: 4 });
  const candidates = [
    { text: "a", extracted: "5", correct: false, stepsValid: true },
    { text: "b", extracted: "6", correct: false, stepsValid: false },
    { text: "c", extracted: null, correct: false, stepsValid: true },
    { text: "d", extracted: "4", correct: true, stepsValid: false },
    { text: "e", extracted: "7", correct: false },
  ];
  const groups = [{ ...run.trainGroups[0]!.groups[0]!, candidates }];
  const { trainGroups } = summarise({ ...run, trainGroups: [{ seed: 1, counts: {}, groups }] }, 10);
  expect(trainGroups[0]).toMatchObject({
    rightAnswers: 1,
    rightAnswersWrongSteps: 1,
    wrongAnswers: 2,
    wrongAnswersRightSteps: 1,
  });
});

it.each([
  [0.5, 0.6, "warning", /answers are there but not in the asked form/],
  [0.6, 0.5, "note", /the texts go on after their answer/],
])("tells of %d strict and %d flexible as a %s", (strict, flexible, level, text) => {
  const metric = template!.metrics.accuracy;
  const difference = { value: null, interval: null, overSeeds: null, clear: false, p: null, pHolm: null };
  const byMode = {
    strict: { ...metric, value: strict },
    flexible: { ...metric, value: flexible },
    difference,
  };
  const [found] = diagnosed([{ ...template!, byMode }], []).filter(({ id }) => id === "answers-not-in-form");
  expect(found!.level).toBe(level);
  expect(found!.text).toMatch(text);
  const near = { ...byMode, flexible: { ...metric, value: strict + 0.029 } };
  expect(diagnosed([{ ...template!, byMode: near }], []).some(({ id }) => id === "answers-not-in-form")).toBe(
    false,
  );
});

it("goes by the answer alone where COTs were labelled by their steps too, and says that lucky ones count as wrong", () => {
  const run = syntheticRun({ questions: 4, k: 4 });
  const candidates = [
    { text: "a", extracted: "4", correct: false, answerCorrect: true, stepsValid: false },
    { text: "b", extracted: "4", correct: true, answerCorrect: true, stepsValid: true },
    { text: "c", extracted: "5", correct: false, answerCorrect: false, stepsValid: true },
  ];
  const groups = [{ ...run.trainGroups[0]!.groups[0]!, candidates }];
  const { trainGroups, diagnostics } = summarise(
    { ...run, trainGroups: [{ seed: 1, counts: {}, groups }] },
    10,
  );
  expect(trainGroups[0]).toMatchObject({
    rightAnswers: 2,
    rightAnswersWrongSteps: 1,
    wrongAnswers: 1,
    wrongAnswersRightSteps: 1,
    labelledBySteps: true,
  });
  expect(diagnostics.find(({ id }) => id === "right-by-wrong-steps")).toMatchObject({
    level: "fine",
    text: "Training samples: 50.0 % of the right answers (1 of 2 samples) were reached by wrong steps and count as wrong.",
  });
});
