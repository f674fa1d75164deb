import { expect, test } from "vitest";
import type { LossSettings } from "../../../../ts/bridge/index.ts";
import { lossOf, methodSchema, type TrainedMethod } from "../../../../ts/config/index.ts";
import type { HeldOut, StepRecord } from "../../../../ts/experiment/step-record.ts";
import { type Conditions, TrainingWarnings, type Warning } from "../../../../ts/experiment/warnings/index.ts";

const aft = (constraint: "none" | "detached" | "boundary"): LossSettings => ({
  kind: "alignment",
  constraint,
  weight: 1,
  detachBoundary: true,
  ...(constraint === "boundary" ? { beta: 0.15 } : {}),
});
const before: HeldOut = {
  questions: 200,
  accuracy: 0.4,
  assessmentMicro: 0.68,
  perplexityPositive: 1.4,
  perplexityNegative: 2,
  perplexityReference: 1.3,
};
const conditions = (some: Partial<Conditions> = {}): Conditions => ({
  loss: aft("boundary"),
  clipNorm: 1,
  totalSteps: 100,
  warmupSteps: 10,
  before,
  ...some,
});
const step = (number: number, some: Partial<StepRecord> = {}): StepRecord => ({
  step: number,
  learningRate: 0.1,
  loss: { total: 1, vft: 0.5, alignment: 0.5 },
  gradientNorm: 0.5,
  groups: 8,
  pairedGroups: 4,
  tokens: 100,
  seconds: 1,
  ...some,
});
const steps = (count: number, of: (number: number) => Partial<StepRecord>): StepRecord[] =>
  Array.from({ length: count }, (_, at) => step(at + 1, of(at + 1)));

function raisedBy(records: readonly StepRecord[], some: Partial<Conditions> = {}): Warning[] {
  const warnings = new TrainingWarnings(conditions(some));
  const found = records.flatMap((record) => {
    const { ofStep, ofValidation } = warnings.observe(record);
    return [...ofStep, ...ofValidation];
  });
  found.push(...warnings.end());
  expect(found).toEqual(warnings.raised);
  return found;
}
const validated = (number: number, some: Partial<HeldOut>): StepRecord =>
  step(number, { heldOut: { ...before, gained: 0, lost: 0, ...some } });

test("assessing better and answering worse, beyond what chance would lose", () => {
  // 12 lost, 2 gained: 2 (C(14,0) + C(14,1) + C(14,2)) / 2^14 = 2 * 106 / 16384 = 0.01294.
  const worse = { assessmentMicro: 0.79, accuracy: 0.35, lost: 12, gained: 2 };
  expect(raisedBy([validated(50, worse), validated(60, worse)])).toEqual([
    {
      step: 50,
      kind: "overfit-to-assessing",
      text:
        "it over-fits to assessing: at step 50 assessment accuracy has risen from 68.0 to 79.0 % since the start " +
        "while accuracy has fallen from 40.0 to 35.0 %: of 200 held-out questions 12 were lost and 2 gained " +
        "(exact McNemar p = 0.013)",
    },
  ]);
});

test("a loss of accuracy that chance explains, or that comes with worse assessing, is no over-fitting to assessing", () => {
  // 5 lost, 0 gained: p = 2 / 32 = 0.0625.
  expect(raisedBy([validated(50, { assessmentMicro: 0.79, accuracy: 0.375, lost: 5, gained: 0 })])).toEqual(
    [],
  );
  expect(raisedBy([validated(50, { assessmentMicro: 0.6, accuracy: 0.35, lost: 12, gained: 2 })])).toEqual(
    [],
  );
  expect(raisedBy([validated(50, { assessmentMicro: 0.79, accuracy: 0.45, lost: 2, gained: 12 })])).toEqual(
    [],
  );
  const { accuracy: _, ...unmeasured } = before;
  expect(
    raisedBy([validated(50, { assessmentMicro: 0.79, lost: 12, gained: 2 })], { before: unmeasured }),
  ).toEqual([]);
});

test.each([
  [aft("none"), "there is no constraint, and pushing wrong COTs down drags right ones with them"],
  [aft("detached"), "wrong COTs are not pushed, so the learning rate or the weight may be too high"],
  [aft("boundary"), "the boundary may be too close (a greater beta lowers it), or the weight too high"],
  [{ kind: "vft" } as const, "the learning rate may be too high, or the references too far from the samples"],
])("right COTs become less likely: each loss has its own likely cause (%#)", (loss, cause) => {
  expect(
    raisedBy([validated(20, { perplexityPositive: 1.46 }), validated(30, { perplexityPositive: 1.54 })], {
      loss,
    }),
  ).toEqual([
    {
      step: 30,
      kind: "positives-less-likely",
      text:
        "right COTs have become less likely: at step 30 their perplexity on held-out questions is 1.540, 10.0 % above " +
        `the 1.400 of the start (told from 5 %); ${cause}`,
    },
  ]);
});

test("right and wrong COTs that both sink, once the fall is beyond the spread between steps", () => {
  // The first 20 steps lie at -.31 and -.89, the last 20 at -.41 and -1.39, each .01 up and down in turn.
  const noise = (number: number): number => (number % 2 === 0 ? 0.01 : -0.01);
  const sinking = (number: number) => ({
    meanPositive: (number <= 20 ? -0.31 : -0.41) + noise(number),
    meanNegative: (number <= 20 ? -0.89 : -1.39) + noise(number),
  });
  const [warning, ...rest] = raisedBy(steps(60, sinking), { loss: aft("none") });
  expect(rest).toEqual([]);
  expect(warning).toEqual({
    step: 40,
    kind: "both-sink",
    text:
      "right and wrong COTs both sink: from steps 1-20 to steps 21-40 the mean score of right ones fell from −0.310 to " +
      "−0.410, that of wrong ones from −0.890 to −1.390; a constraint (detached, boundary) keeps it from pushing all down",
  });
  expect(raisedBy(steps(60, sinking))[0]!.text).toMatch(/; the learning rate or the weight may be too high$/);
  expect(
    raisedBy(steps(60, (number) => ({ ...sinking(number), meanPositive: -0.3 + noise(number) }))),
  ).toEqual([]);
  // The same fall amid a spread of .5: the error of a half's mean is .11, and three errors of the difference .48.
  const wide = (number: number) => ({
    meanPositive: sinking(number).meanPositive + 50 * noise(number),
    meanNegative: sinking(number).meanNegative + 50 * noise(number),
  });
  expect(raisedBy(steps(60, wide))).toEqual([]);
});

test("most worse COTs below their boundary: beta is too small", () => {
  expect(raisedBy(steps(40, () => ({ negativesBelowBoundary: 0.5 })))).toEqual([]);
  const [warning] = raisedBy(steps(40, (number) => ({ negativesBelowBoundary: number <= 10 ? 0.6 : 0.8 })));
  expect(warning).toEqual({
    step: 20,
    kind: "below-boundary",
    text:
      "beta may be too small: over the last 20 steps 70.0 % of the worse COTs lay below their boundary, where the loss " +
      "pulls them up; a greater beta lowers the boundary",
  });
});

test("a gradient that is clipped at nearly every step: told once, at the end, of all steps after the warm-up", () => {
  const clipped = (number: number) => ({ gradientNorm: number % 25 === 0 ? 0.5 : 2 + number / 50 });
  const [warning, ...rest] = raisedBy(steps(80, clipped));
  expect(rest).toEqual([]);
  // Steps 25, 50 and 75 are not; of steps 31 to 80 in order the 25th and 26th norm are those of steps 54 and 55.
  expect(warning).toEqual({
    step: 80,
    kind: "clipped",
    text:
      "the gradient was clipped in 67 of the 70 steps after the warm-up (median norm of the last 50 3.09, limit 1): the " +
      "clipping sets the size of the updates; a lower learning rate or weight, or a higher clipNorm, may be due",
  });
  expect(raisedBy(steps(80, clipped), { clipNorm: 0 })).toEqual([]);
  expect(raisedBy(steps(80, (number) => ({ gradientNorm: number % 10 === 0 ? 0.5 : 2 })))).toEqual([]);
});

test("clipping in the warm-up and soon after it is what clipping is for", () => {
  const early = (number: number) => ({ gradientNorm: number <= 60 ? 2 : 0.5 });
  expect(raisedBy(steps(100, early), { warmupSteps: 5 })).toEqual([]);
  expect(raisedBy(steps(60, early), { warmupSteps: 50 })).toEqual([]);
});

test("a learning rate that rises in all steps, told at the first of them", () => {
  const few = { totalSteps: 2, warmupSteps: 2 };
  const text =
    "the warm-up takes all of the 2 steps that there are questions for: the learning rate is reached in the last of them only";
  expect(
    raisedBy(
      steps(2, () => ({})),
      few,
    ),
  ).toEqual([{ step: 1, kind: "all-warm-up", text }]);
  expect(
    raisedBy(
      steps(1, () => ({})),
      { totalSteps: 1, warmupSteps: 1 },
    ),
  ).toEqual([]);
  expect(
    raisedBy(
      steps(2, () => ({})),
      { totalSteps: 2, warmupSteps: 1 },
    ),
  ).toEqual([]);
});

test("no question with a pair: the method's own loss is nothing", () => {
  const none = { pairedGroups: 0 };
  const text = (questions: string, first: string) =>
    `none of the ${questions} of the first ${first} has both a better and a worse COT: its own loss is 0, and the VFT loss trains alone`;
  expect(raisedBy(steps(30, () => none))).toEqual([
    { step: 20, kind: "no-pairs", text: text("160 questions", "20 steps") },
  ]);
  expect(
    raisedBy(
      steps(3, () => none),
      { totalSteps: 3, warmupSteps: 1 },
    ),
  ).toEqual([{ step: 3, kind: "no-pairs", text: text("24 questions", "3 steps") }]);
  expect(
    raisedBy(
      steps(30, () => none),
      { loss: { kind: "vft" } },
    ),
  ).toEqual([]);
  expect(raisedBy(steps(30, (number) => ({ pairedGroups: number === 20 ? 1 : 0 })))).toEqual([]);
  // The published losses leave the VFT loss out by default, and some go by each COT alone.
  const said = (method: object) =>
    raisedBy(
      steps(30, () => none),
      {
        loss: lossOf(
          methodSchema.parse({ constraint: "none", ...method }) as TrainedMethod,
          undefined,
        ) as LossSettings,
      },
    )[0]?.text;
  expect(said({ method: "nft" })).toBe(
    "none of the 160 questions of the first 20 steps has both a better and a worse COT: its own loss is 0, and nothing trains (vftWeight is 0)",
  );
  expect(said({ method: "kto", vftWeight: 1 })).toBe(
    "none of the 160 questions of the first 20 steps has a COT that it goes by: its own loss is 0, and the VFT loss trains alone",
  );
  // A loss that takes questions all right or all wrong is no nothing on them.
  expect(raisedBy(steps(30, () => ({ ...none, takenGroups: 8 })))).toEqual([]);
});
