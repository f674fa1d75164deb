import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../../../ts/core/random.ts";
import { type ArithmeticProblem, arithmeticQuestions, taskNamed } from "../../../../../ts/data/index.ts";
import { checkProblemSteps } from "../../../../../ts/data/tasks/arithmetic/check.ts";

// Cat buys 7 boxes of 4 keys and 4 bags of 6 figs. Cat finds 9 pens. Cat gives away 5 keys.
const problem: ArithmeticProblem = {
  form: "clean",
  name: "Cat",
  maxTotal: 99,
  items: [
    { operation: "multiply", count: 7, each: 4, container: "boxes", thing: "keys" },
    { operation: "multiply", count: 4, each: 6, container: "bags", thing: "figs" },
    { operation: "add", amount: 9, thing: "pens" },
    { operation: "subtract", amount: 5, thing: "keys" },
  ],
};
const labelled: ArithmeticProblem = { ...problem, form: "labelled" };
const check = (lines: string, of = problem) => checkProblemSteps(of, lines.replaceAll(" ; ", "\n"));
const wrong = (line: number, reason: string) => ({ valid: false, firstError: { line, reason } });

describe("a COT is right", () => {
  it.each([
    ["products first", "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52 ; 52 + 9 = 61 ; 61 - 5 = 56 ; #### 56"],
    ["the loss early", "4 * 6 = 24 ; 7 * 4 = 28 ; 9 - 5 = 4 ; 28 + 4 = 32 ; 32 + 24 = 56 ; #### 56"],
    [
      "a sum between the products",
      "7 * 4 = 28 ; 28 + 9 = 37 ; 37 - 5 = 32 ; 4 * 6 = 24 ; 24 + 32 = 56 ; #### 56",
    ],
    ["two partial sums", "6 * 4 = 24 ; 4 * 7 = 28 ; 24 - 5 = 19 ; 28 + 9 = 37 ; 37 + 19 = 56 ; #### 56"],
    ["a closing newline", "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52 ; 52 + 9 = 61 ; 61 - 5 = 56 ; #### 56 ; "],
  ])("with %s", (_name, text) => {
    expect(check(text)).toEqual({ valid: true });
  });

  it("when losses are added up before they are taken away, even where the numbers have two readings", () => {
    const twice: ArithmeticProblem = {
      ...problem,
      items: [
        { operation: "add", amount: 5, thing: "figs" },
        { operation: "add", amount: 3, thing: "pens" },
        { operation: "add", amount: 20, thing: "keys" },
        { operation: "subtract", amount: 5, thing: "keys" },
        { operation: "subtract", amount: 3, thing: "keys" },
      ],
    };
    expect(check("5 + 3 = 8 ; 20 - 8 = 12 ; 12 + 5 = 17 ; 17 + 3 = 20 ; #### 20", twice)).toEqual({
      valid: true,
    });
    expect(check("5 + 3 = 8 ; 20 - 5 = 15 ; 15 - 3 = 12 ; 12 + 8 = 20 ; #### 20", twice)).toEqual({
      valid: true,
    });
  });
});

describe("a COT with the right answer is wrong", () => {
  it.each([
    ["an untrue step", "4 * 6 = 25 ; 7 * 4 = 28 ; #### 56", 1, "the equation is not true"],
    ["factors of two products", "7 * 6 = 42 ; #### 56", 1, "not a product of the question, or used before"],
    [
      "a product used twice",
      "4 * 6 = 24 ; 4 * 6 = 24 ; #### 56",
      2,
      "not a product of the question, or used before",
    ],
    [
      "a result before it is there",
      "24 + 28 = 52 ; #### 56",
      1,
      "uses a number that is not there, or no longer",
    ],
    [
      "a number used twice",
      "4 * 6 = 24 ; 24 + 9 = 33 ; 33 + 9 = 42 ; #### 56",
      3,
      "uses a number that is not there, or no longer",
    ],
    [
      "a loss that is added",
      "4 * 6 = 24 ; 24 + 5 = 29 ; #### 56",
      2,
      "uses a number that is not there, or no longer",
    ],
    [
      "an income that is taken away",
      "4 * 6 = 24 ; 24 - 9 = 15",
      2,
      "uses a number that is not there, or no longer",
    ],
    [
      "numbers left over",
      "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52 ; #### 56",
      4,
      "ends before every number was used",
    ],
    ["no steps", "#### 56", 1, "ends before every number was used"],
    ["words", "4 * 6 = 24 ; so 24 ; #### 56", 2, "not an equation of two numbers"],
    ["no end", "4 * 6 = 24 ; 7 * 4 = 28", 3, "no line with the final answer"],
    ["nothing", "", 1, "not an equation of two numbers"],
    [
      "an answer that is not the last result",
      "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52 ; 52 + 9 = 61 ; 61 - 5 = 56 ; #### 65",
      6,
      "the final answer is not the last result",
    ],
    [
      "something after its end",
      "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52 ; 52 + 9 = 61 ; 61 - 5 = 56 ; #### 56 ; 1 + 1 = 2",
      6,
      "text after the final answer",
    ],
    ["an unreadable end", "4 * 6 = 24 ; #### many", 2, "the final answer is not `#### N`"],
  ])("with %s", (_name, text, line, reason) => {
    expect(check(text)).toEqual(wrong(line, reason));
  });
});

describe("in the labelled form", () => {
  const sums = "24 + 28 = 52 ; 52 + 9 = 61 ; 61 - 5 = 56 ; #### 56";

  it("quantities are named first, in any order", () => {
    expect(check(`pens : 9 ; keys : 7 * 4 = 28 ; figs : 4 * 6 = 24 ; ${sums}`, labelled)).toEqual({
      valid: true,
    });
  });

  it("a quantity under another thing's name is wrong, though the total is right", () => {
    const reason = "not the quantity of this thing, or named before";
    expect(check(`pens : 9 ; figs : 7 * 4 = 28 ; keys : 4 * 6 = 24 ; ${sums}`, labelled)).toEqual(
      wrong(2, reason),
    );
    expect(check(`keys : 9 ; pens : 7 * 4 = 28 ; figs : 4 * 6 = 24 ; ${sums}`, labelled)).toEqual(
      wrong(1, reason),
    );
  });

  it("a quantity that was not named cannot be used", () => {
    expect(check(`keys : 7 * 4 = 28 ; figs : 4 * 6 = 24 ; ${sums}`, labelled)).toEqual(
      wrong(4, "uses a number that is not there, or no longer"),
    );
  });
});

it("rejects references in which one digit was changed, a line lost or a line doubled", () => {
  const random = randomFrom("mutations");
  for (const form of ["clean", "labelled"] as const)
    for (const question of arithmeticQuestions({ form }, 500, 9)) {
      const lines = question.reference!.split("\n");
      const at = random.int(0, lines.length - 1);
      const digits = [...lines[at]!.matchAll(/\d/g)];
      const { index, 0: digit } = random.pick(digits);
      const changed = lines[at]!.slice(0, index) + ((Number(digit) + 1) % 10) + lines[at]!.slice(index + 1);
      for (const mutated of [
        lines.with(at, changed),
        lines.toSpliced(at, 1),
        lines.toSpliced(at, 0, lines[at]!),
      ])
        expect({
          mutated,
          ...taskNamed("arithmetic").checkSteps!(question, mutated.join("\n")),
        }).toMatchObject({
          valid: false,
        });
    }
});

it("says nothing of a question that carries no problem", () => {
  const question = { id: "1", task: "arithmetic", question: "1 + 1?", answer: "2" };
  expect(taskNamed("arithmetic").checkSteps!(question, "1 + 1 = 2\n#### 2")).toBeUndefined();
});

it("reads no further into a text without end than a COT can go", () => {
  expect(check("1 + 1 = 2\n".repeat(200_000))).toEqual(
    wrong(1, "uses a number that is not there, or no longer"),
  );
  expect(check(`${"9".repeat(2_000_000)} + 1 = 2`)).toEqual(wrong(1, "not an equation of two numbers"));
});
