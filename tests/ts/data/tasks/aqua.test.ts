import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { promptOf, taskOf } from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";

const row = (number: number, more: object = {}) => ({
  question: `A cyclist rides ${number} km in 2 hours. What is her speed?`,
  options: ["A)9 km/h", "B)18 km/h", "C) 20 km/h", "D)36 km/h", "E)"],
  rationale: "Speed is distance over time.\n36 / 2 = 18\nAnswer is B.\n",
  correct: "B",
  ...more,
});

const taskIn = (folder: string, more: object = {}) =>
  taskOf({
    task: "aqua",
    trainFile: join(folder, "train.json"),
    devFile: join(folder, "dev.json"),
    testFile: join(folder, "test.json"),
    ...more,
  } as { task: string });

const three = (train: readonly object[]) =>
  folderOf({
    "train.json": train,
    "dev.json": [row(90)],
    "test.json": [row(100), row(101, { correct: "E" })],
  });

it("reads a row: options without their letters, and a reference that strict extraction finds the letter in", async () => {
  const task = taskIn(three([row(36)]));
  const { train, validation, test } = await task.splits();
  expect(train).toEqual([
    {
      id: "aqua-train-1",
      task: "aqua",
      question: "A cyclist rides 36 km in 2 hours. What is her speed?",
      choices: ["9 km/h", "18 km/h", "20 km/h", "36 km/h", ""],
      reference: "Speed is distance over time.\n36 / 2 = 18\nAnswer is B.\n#### B",
      answer: "B",
    },
  ]);
  expect(promptOf(train[0]!, task)).toBe(
    "Question: A cyclist rides 36 km in 2 hours. What is her speed?\nA) 9 km/h\nB) 18 km/h\nC) 20 km/h\nD) 36 km/h\nE) \nAnswer:\n",
  );
  expect(task.extract(train[0]!.reference!, "strict", train[0]!)).toBe("B");
  expect([validation, test].map((split) => split.map(({ id }) => id))).toEqual([
    ["aqua-validation-1"],
    ["aqua-test-1", "aqua-test-2"],
  ]);
});

it("draws some training questions by the seed and leaves the published splits as they are", async () => {
  const folder = three(Array.from({ length: 30 }, (_, at) => row(at)));
  const ids = async (more: object, seed?: number) =>
    (await taskIn(folder, more).splits(seed)).train.map(({ id }) => id);
  const drawn = await ids({ train: 10 });
  expect(drawn).toHaveLength(10);
  expect(drawn).toEqual([...drawn].sort((a, b) => Number(a.slice(11)) - Number(b.slice(11))));
  expect(await ids({ train: 10 })).toEqual(drawn);
  expect(await ids({ train: 10 }, 2)).not.toEqual(drawn);
  expect((await taskIn(folder, { test: 1, validation: 0 }).splits()).test.map(({ id }) => id)).toEqual([
    "aqua-test-1",
  ]);
});

describe("a bad row is named with its value and what was expected", () => {
  it.each([
    [
      { correct: "F" },
      'train.json:2: bad value for field correct\n  found: "F"\n  expected: one of A, B, C, D, E',
    ],
    [{ options: ["A)1"] }, "train.json:2: bad value for field options"],
    [
      { rationale: undefined, rationales: "x" },
      'train.json:2: missing field rationale\n  found: "a field named rationales"',
    ],
  ])("%j", async (more, message) => {
    const folder = three([row(1), row(2, more)]);
    expect(await refusalOf(taskIn(folder).splits(), folder)).toContain(message);
  });

  it("and too few of them, too", async () => {
    const folder = three([row(1)]);
    expect(await refusalOf(taskIn(folder, { train: 2 }).splits(), folder)).toBe(
      "train.json: fewer questions than the task settings ask for\n  found: 1\n  expected: at least 2",
    );
  });
});
