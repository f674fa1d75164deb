import { expect, test } from "vitest";
import { type GroupMethod, methodSchema } from "../../../../ts/config/index.ts";
import type { Group } from "../../../../ts/core/records.ts";
import { autoBeta, lowestBetterMinusWorse } from "../../../../ts/experiment/train/boundary.ts";
import { membersOf } from "../../../../ts/experiment/train/train-groups.ts";

const method = (settings: object) =>
  methodSchema.parse({ method: "rrhf", constraint: "boundary", beta: "auto", ...settings }) as GroupMethod;
const distancesOf = (group: Group, feedback: "binary" | "ranked" = "binary", settings = {}) =>
  lowestBetterMinusWorse(membersOf(group, method(settings), feedback));

const groupOf = (
  candidates: { score: number; correct?: boolean; rank?: number; text?: string }[],
): Group => ({
  id: "q1",
  task: "arithmetic",
  prompt: "?\n",
  answer: "7",
  candidates: candidates.map((one, at) => ({ text: `${at}`, extracted: "7", correct: false, ...one })),
});
const right = (score: number) => ({ score, correct: true });
const wrong = (score: number) => ({ score });
const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(9))).sort((a, b) => a - b);

test("beta lies nine tenths of the way up the distances from the lowest right COT to each wrong one", () => {
  const distances = [
    groupOf([right(-0.2), right(-0.5), wrong(-0.9), wrong(-0.4)]),
    groupOf([right(-0.3), right(-0.1)]),
    groupOf([wrong(-5)]),
    groupOf([right(-0.3), wrong(-0.8)]),
  ].flatMap((group) => distancesOf(group));
  expect(rounded(distances)).toEqual([-0.1, 0.4, 0.5]);
  // In order -0.1, 0.4, 0.5: at 0.9 * 2 = 1.8, so 0.4 + 0.8 * 0.1; only 0.5 is further away.
  const { beta, ...rest } = autoBeta(distances);
  expect(beta).toBeCloseTo(0.48, 9);
  expect(rest).toEqual({ rule: "auto", quantile: 0.9, negatives: 3, below: 1 / 3 });
});

test("under ranks each COT is measured from the lowest of those above it, equals not among them", () => {
  const ranked = groupOf([
    { rank: 2, score: -0.6 },
    { rank: 1, score: -0.2 },
    { rank: 2, score: -0.1 },
    { rank: 3, score: -0.4 },
    { score: -9 },
  ]);
  expect(rounded(distancesOf(ranked, "ranked"))).toEqual([-0.2, -0.1, 0.4]);
});

test("a text that was sampled twice counts once", () => {
  const twice = groupOf([right(-0.2), { ...wrong(-0.9), text: "x" }, { ...wrong(-0.9), text: "x" }]);
  expect(rounded(distancesOf(twice))).toEqual([0.7]);
});

test("where the reference counts as a positive its score may be the lowest", () => {
  const group = {
    ...groupOf([right(-0.2), wrong(-0.9)]),
    reference: "the reference",
    referenceLogprob: -6,
    referenceTokens: 10,
  };
  expect(rounded(distancesOf(group, "binary", { referenceAsPositive: true }))).toEqual([0.3]);
});

test("beta is never below 0, where most wrong COTs are likelier than the right ones", () => {
  expect(autoBeta([-0.3, -0.2, -0.1])).toMatchObject({ beta: 0, negatives: 3, below: 0 });
});

test("without a question that has both sides there is an error that says what to do", () => {
  expect(() => autoBeta([])).toThrow(
    "beta: auto cannot be worked out: no question has both a better and a worse COT",
  );
});

test("the alignment loss goes by ranks under ranked feedback, and by right and wrong under binary", () => {
  const group = groupOf([
    { score: -0.2, correct: true, rank: 2 },
    { score: -0.9, rank: 1 },
  ]);
  const aft = { method: "aft", constraint: "boundary" };
  expect(rounded(distancesOf(group, "binary", aft))).toEqual([0.7]);
  expect(rounded(distancesOf(group, "ranked", aft))).toEqual([-0.7]);
  expect(rounded(distancesOf(group, "ranked", { ...aft, constraint: "ranked-boundary" }))).toEqual([-0.7]);
});
