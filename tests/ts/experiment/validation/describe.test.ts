import { expect, test } from "vitest";
import type { StepRecord } from "../../../../ts/experiment/step-record.ts";
import { describeHeldOut, describeStep } from "../../../../ts/experiment/validation/describe.ts";

const step: StepRecord = {
  step: 3,
  learningRate: 1e-5,
  loss: { total: 1.234, vft: 0.9, alignment: 0.334 },
  gradientNorm: 1.25,
  groups: 8,
  pairedGroups: 5,
  tokens: 100,
  seconds: 0.5,
};

test("a step's live numbers: the parts of its loss, the scores, how many lie below the boundary, the gradient", () => {
  const scores = { meanPositive: -0.31, meanNegative: -0.9, meanReference: -0.2, margin: 0.59 };
  expect(describeStep({ ...step, ...scores, negativesBelowBoundary: 0.12 }, true)).toBe(
    "loss 1.23 (VFT 0.900, group 0.334), s+ −0.310 s- −0.900 ref −0.200 margin 0.590, 12 % below boundary, gradient 1.25",
  );
});

test("without a group loss and without pairs only what there is", () => {
  expect(describeStep(step, false)).toBe("loss 1.23, gradient 1.25");
});

test("what no question defines is a dash, and no change is made up for it", () => {
  const none = { questions: 4, assessmentMicro: null, pairs: 0, perplexityPositive: null };
  const now = { ...none, perplexityNegative: 2, perplexityReference: 1.5 };
  expect(describeHeldOut({ ...now, perplexityNegative: 2.5 }, now)).toBe(
    "AAccuracy – % of 0 pairs, perplexity of right COTs – (was –), of wrong COTs 2.500 (was 2.000), of references 1.500 (was 1.500)",
  );
});
