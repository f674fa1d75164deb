import { describe, expect, it } from "vitest";
import { digestOf } from "../../../../../ts/core/digest.ts";
import type { Question } from "../../../../../ts/core/records.ts";
import {
  type ArithmeticProblem,
  arithmeticQuestions,
  taskNamed,
  taskOf,
} from "../../../../../ts/data/index.ts";
import { countOrders } from "./count-orders.ts";

const arithmetic = taskNamed("arithmetic");
const settingsOf = (settings: object) => ({ task: "arithmetic", ...settings });
const problemOf = (question: Question): ArithmeticProblem => question.problem as ArithmeticProblem;
const forms = [
  { form: "clean", wording: "terse", words: 48 },
  { form: "labelled", wording: "terse", words: 48 },
  { form: "clean", wording: "story", words: 88 },
  { form: "labelled", wording: "story", words: 88 },
] as const;

describe.each(forms)("the $form form, $wording", ({ form, wording, words }) => {
  const questions = [1, 2, 3, 4, 5].flatMap((seed) => [...arithmeticQuestions({ form, wording }, 400, seed)]);

  it("has references that pass the step check and end in the answer", () => {
    for (const question of questions) {
      expect(arithmetic.checkSteps!(question, question.reference!)).toEqual({ valid: true });
      expect(arithmetic.extract(question.reference!, "strict", question)).toBe(question.answer);
    }
  });

  it("keeps to its ranges in every result on the way", () => {
    for (const { question, reference } of questions) {
      for (const number of `${question} ${reference}`.match(/\d+/g)!)
        expect(Number(number)).toBeLessThanOrEqual(99);
      expect(reference).not.toMatch(/ -\d/);
      for (const [, count, each] of question.matchAll(/(\d+) \w+ of (\d+)/g))
        expect([count, each].every((factor) => Number(factor) >= 2 && Number(factor) <= 9)).toBe(true);
      expect(question.match(/\d+ (?!\w+ of)\w+/g)!.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("says so in few words, in ASCII", () => {
    const pieces = new Set(
      questions.flatMap(
        ({ question, reference }) => `${question}\n${reference}`.match(/[A-Za-z]+|\n|[^A-Za-z\s]/g)!,
      ),
    );
    expect(pieces.size).toBeLessThanOrEqual(words);
    expect([...pieces].join("")).toMatch(/^[\n!-~]+$/);
  });

  it("gives each number of items its share", () => {
    for (const size of [2, 3, 4]) {
      const share = questions.filter((question) => problemOf(question).items.length === size).length / 2_000;
      expect(share).toBeGreaterThan(0.29);
      expect(share).toBeLessThan(0.37);
    }
  });
});

it("makes the terse questions that it made before there was another wording", () => {
  const made = [...arithmeticQuestions({}, 700, 3)];
  expect(digestOf(made)).toBe("e9b55c5441eaf6c981e3d1ef80a753a8793eb018b3a2dc23d8a7eb28d27999ad");
  expect([...arithmeticQuestions({ wording: "terse" }, 700, 3)]).toEqual(made);
});

it("is a function of settings, seed and split; more questions only add to fewer", () => {
  const some = [...arithmeticQuestions({}, 50, 3)];
  expect([...arithmeticQuestions({}, 80, 3)].slice(0, 50)).toEqual(some);
  expect([...arithmeticQuestions({}, 50, 4)]).not.toEqual(some);
  expect([...arithmeticQuestions({ seed: 3 }, 50)]).toEqual(some);
});

it("never asks the same question twice, in any words", () => {
  const questions = [...arithmeticQuestions({}, 5_000, 1)];
  expect(new Set(questions.map(({ id }) => id)).size).toBe(5_000);
  expect(new Set(questions.map(({ question }) => question)).size).toBe(5_000);
});

it("makes splits that share no content, across seeds, forms and counts too", async () => {
  const contents = { train: new Set<unknown>(), validation: new Set<unknown>(), test: new Set<unknown>() };
  for (const settings of [
    { train: 3_000, validation: 300, test: 300, seed: 1 },
    { train: 100, validation: 900, test: 700, seed: 2, form: "labelled" },
    { train: 500, validation: 500, test: 500, seed: 3, items: [2, 2] },
  ]) {
    const splits = await taskOf(settingsOf(settings)).splits();
    for (const name of ["train", "validation", "test"] as const) {
      expect(splits[name].length).toBe(settings[name]);
      for (const question of splits[name]) contents[name].add(contentByHand(problemOf(question)));
    }
  }
  expect([...contents.validation, ...contents.test].filter((content) => contents.train.has(content))).toEqual(
    [],
  );
  expect([...contents.test].filter((content) => contents.validation.has(content))).toEqual([]);
});

/** Operations and numbers alone, written down independently of the generator's own key. */
const contentByHand = ({ items }: ArithmeticProblem): string =>
  JSON.stringify(
    items
      .map((item) =>
        item.operation === "multiply"
          ? [item.operation, ...[item.count, item.each].sort((a, b) => a - b)]
          : [item.operation, item.amount],
      )
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );

it("draws the reference among all valid orders of the same question", () => {
  const questions = [...arithmeticQuestions({ items: [3, 4] }, 2_000, 5)];
  const orders = questions.map((question) => countOrders(problemOf(question))).sort((a, b) => a - b);
  expect(orders[1_000]).toBe(12);
});

it.each([
  [{ operations: ["multiply"] as const }, /finds|gives/],
  [{ operations: ["add", "subtract"] as const }, /buys|boxes/],
  [{ operations: ["add"] as const, items: [5, 5] as [number, number] }, /gives|buys/],
])("keeps to the operations %o", (settings, other) => {
  const questions = [...arithmeticQuestions({ ...settings, operations: [...settings.operations] }, 200, 1)];
  for (const { question } of questions) expect(question).not.toMatch(other);
});

it("gets harder by its knobs", () => {
  const hard = [
    ...arithmeticQuestions(
      { items: [6, 8], multiplier: [10, 99], amount: [100, 999], maxTotal: 99_999 },
      200,
      1,
    ),
  ];
  for (const question of hard) {
    expect(question.difficulty).toBeGreaterThanOrEqual(5);
    expect(arithmetic.checkSteps!(question, question.reference!)).toEqual({ valid: true });
  }
});

it("says when the settings hold too few problems", () => {
  const narrow = { items: [2, 2], multiplier: [2, 3], operations: ["multiply"], repeats: 2 } as const;
  const make = () => [
    ...arithmeticQuestions(
      { ...narrow, items: [2, 2], multiplier: [2, 3], operations: ["multiply"] },
      100,
      1,
    ),
  ];
  expect(make).toThrow(
    /^these arithmetic settings do not hold enough different problems: no further one with 2 items for the train split after \d+ of 100 questions\n {2}found: \{"items":\[2,2\],"multiplier":\[2,3\],.*\n {2}expected: more room, or fewer questions\n {2}fix: widen /,
  );
});
