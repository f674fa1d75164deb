import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { aft, temporaryFolder } from "../../e2e/aft.ts";

let folder: string;
const at = (name: string): string => join(folder, name);
const write = (name: string, ...rows: object[]) =>
  writeFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
const sample = (index: number, text: string) => ({ questionId: "q", index, text });

beforeEach(async () => {
  folder = await temporaryFolder();
  const question = { id: "q", task: "gsm8k", question: "?", answer: "7", reference: "3 + 4 = 7\n#### 7" };
  await write("questions.jsonl", question);
  await write("strong.jsonl", sample(0, "3 + 4 = 8\n#### 7"), sample(1, "so it is 7"));
  await write("weak.jsonl", sample(0, "3 + 4 = 7\n#### 8"));
});

const judge = (...words: string[]) =>
  aft([
    ...["judge", "--task", "gsm8k", "--questions", at("questions.jsonl"), "--out", at("groups.jsonl")],
    ...words,
  ]);
const inputs = () => ["--in", at("strong.jsonl"), "--in", at("weak.jsonl")];

test("files of several models are ranked by the models' order, the reference first", async () => {
  const order = ["--ranking", "generators", "--generators", "strong,weak", "--reference-first"];
  const { stderr, stdout, exitCode } = await judge(...inputs(), "--feedback", "ranked", ...order, "--json");
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ candidates: 3, correct: 1, wrong: 1, noAnswer: 1, correctStrict: 1, correctFlexible: 2 },
    ...{ rightAnswerWrongSteps: 1, wrongAnswerRightSteps: 1, pairedByRank: 1 },
  });
  const group = JSON.parse(await readFile(at("groups.jsonl"), "utf8"));
  expect(group.ranking).toEqual({ generators: ["strong", "weak"], reference: true });
  const candidates: { generator: string; index?: number; rank: number }[] = group.candidates;
  expect(candidates.map(({ generator, index, rank }) => [generator, index, rank])).toEqual([
    ["reference", undefined, 1],
    ["strong", 0, 2],
    ["strong", 1, 2],
    ["weak", 2, 3],
  ]);
});

test("labels may go by the steps too", async () => {
  const { stdout } = await judge("--in", at("strong.jsonl"), "--label", "answer-and-steps", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ candidates: 2, correct: 0, correctStrict: 1 });
});

test("answers that were stated and not understood are shown, the most frequent first", async () => {
  await write("sums.jsonl", { id: "q", task: "sums", question: "?", answer: "7" });
  await write(
    "roots.jsonl",
    sample(0, "#### √7"),
    sample(1, "#### 2√3"),
    sample(2, "#### 2√3"),
    sample(3, "#### 7"),
  );
  const { stdout, stderr } = await aft([
    ...["judge", "--task", "custom", "--set", "name=sums", "--set", "answer.kind=number"],
    ...["--questions", at("sums.jsonl"), "--in", at("roots.jsonl"), "--out", at("groups.jsonl")],
  ]);
  expect(stderr).toBe("");
  expect(stdout).toContain("unparsed: 3");
  expect(stdout).toContain(
    "stated and not understood, for example:\n  2√3 (2 candidates; question q)\n  √7 (1 candidate; question q)\n",
  );
});

test("a task of another name or rule is told with --set, as in an experiment", async () => {
  const question = { id: "q", task: "colours", question: "?", choices: ["red", "blue"], answer: "B" };
  await write("choices.jsonl", question);
  await write("letters.jsonl", sample(0, "#### B"), sample(1, "#### 7"));
  const files = [
    "--questions",
    at("choices.jsonl"),
    "--in",
    at("letters.jsonl"),
    "--out",
    at("groups.jsonl"),
  ];
  const custom = ["judge", "--task", "custom", ...files, "--json"];
  const { stdout, stderr } = await aft([...custom, "--set", "name=colours", "--set", "answer.kind=choice"]);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ correct: 1, noAnswer: 1 });
  const unnamed = await aft(custom);
  expect(unnamed.stderr).toContain("expected: custom, or a task with the setting name: colours");
});

describe("words that do not go together", () => {
  test.each([
    [
      ["--ranking", "score"],
      "--ranking needs ranked feedback\n  expected: --feedback ranked --ranking score",
    ],
    [
      ["--feedback", "ranked", "--generators", "a,b"],
      "--generators needs --ranking generators\n  expected: --feedback ranked --ranking generators --generators BEST,...,WORST",
    ],
    [
      ["--feedback", "ranked", "--ranking", "generators", "--generators", "a,,b"],
      '--ranking generators needs --generators\n  found: "a,,b"\n  expected: their names with commas, each once, the best first: --generators strong,middle,weak',
    ],
    [
      ["--feedback", "ranked", "--ranking", "scores"],
      'bad value for --ranking\n  found: "scores"\n  expected: one of steps, score, reward, rank, generators\n  did you mean: score',
    ],
  ])("%s", async (words, message) => {
    const { stderr, exitCode } = await judge(...inputs(), ...words);
    expect([stderr, exitCode]).toEqual([message, 2]);
  });
});
