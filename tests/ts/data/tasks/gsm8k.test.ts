import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { promptOf, taskOf } from "../../../../ts/data/index.ts";

const gsm8k = (settings: {
  trainFile: string;
  testFile: string;
  validation: number;
  train?: number;
  test?: number;
}) => taskOf({ task: "gsm8k", ...settings });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-gsm8k-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, answers: readonly string[]): Promise<string> {
  const path = join(folder, name);
  const rows = answers.map((answer, at) =>
    JSON.stringify({ question: `Question ${at + 1}?`, answer, level: at }),
  );
  await writeFile(path, `${rows.join("\n")}\n`);
  return path;
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `So it is.\n#### ${at},000`);

it("reads rows as questions and keeps columns that it does not know", async () => {
  const trainFile = await file("train.jsonl", ["6 / 2 = <<6/2=3>>3\n#### 3", "#### 1,250"]);
  const testFile = await file("test.jsonl", ["#### -4"]);
  const splits = await gsm8k({ trainFile, testFile, validation: 0 }).splits();
  expect(splits.train).toEqual([
    {
      id: "gsm8k-train-1",
      task: "gsm8k",
      question: "Question 1?",
      reference: "6 / 2 = <<6/2=3>>3\n#### 3",
      answer: "3",
      level: 0,
    },
    {
      id: "gsm8k-train-2",
      task: "gsm8k",
      question: "Question 2?",
      reference: "#### 1,250",
      answer: "1250",
      level: 1,
    },
  ]);
  expect(splits.validation).toEqual([]);
  expect(splits.test.map(({ id, answer }) => [id, answer])).toEqual([["gsm8k-test-1", "-4"]]);
  expect(promptOf(splits.test[0]!, gsm8k({ trainFile, testFile, validation: 0 }))).toBe(
    "Question: Question 1?\nAnswer:\n",
  );
});

it("sets validation questions aside by the seed, none of them trained on", async () => {
  const trainFile = await file("train.jsonl", numbered(40));
  const testFile = await file("test.jsonl", numbered(5));
  const settings = { trainFile, testFile, validation: 10, train: 20, test: 2 };
  const { train, validation, test } = await gsm8k(settings).splits(7);
  expect([train.length, validation.length, test.length]).toEqual([20, 10, 2]);
  expect(new Set([...train, ...validation].map(({ id }) => id)).size).toBe(30);
  expect((await gsm8k(settings).splits(7)).validation).toEqual(validation);
  expect((await gsm8k(settings).splits(8)).validation).not.toEqual(validation);
});

it("names file and row of an answer without a final number", async () => {
  const trainFile = await file("train.jsonl", ["#### 3", "It is three."]);
  const testFile = await file("test.jsonl", ["#### 3"]);
  await expect(gsm8k({ trainFile, testFile, validation: 0 }).splits()).rejects.toThrow(
    `${trainFile}:2: field answer: no final answer\n  found: "It is three."\n  expected: a last line \`#### NUMBER\``,
  );
});

it("says when the file holds fewer questions than asked for", async () => {
  const trainFile = await file("train.jsonl", numbered(5));
  await expect(gsm8k({ trainFile, testFile: trainFile, validation: 4, train: 2 }).splits()).rejects.toThrow(
    `${trainFile}: fewer questions than the task settings ask for\n  found: 5\n  expected: at least 6: 4 set aside for validation and 2 to train on`,
  );
});

it("leaves calculator annotations out of the references where the settings say so", async () => {
  const trainFile = await file("train.jsonl", ["6/2=<<6/2=3>>3, if 1<<2.\n3*4=<<3*4=12>>12\n#### 12"]);
  const settings = { trainFile, testFile: trainFile, validation: 0 };
  const reference = async (more: object) =>
    (await gsm8k({ ...settings, ...more }).splits()).train[0]!.reference;
  expect(await reference({ annotations: "strip" })).toBe("6/2=3, if 1<<2.\n3*4=12\n#### 12");
  expect(await reference({})).toContain("<<6/2=3>>");
});
