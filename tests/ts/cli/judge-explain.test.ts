import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft, temporaryFolder } from "../../e2e/aft.ts";

const explain = (...words: string[]) => aft(["judge", ...words]);
const number = ["--task", "custom", "--set", "answer.kind=number"];

test("says which rule found what in a text, what decided, and why the rest was not read", async () => {
  const text = "The answer is 12.\nNo: the answer is 2√3.\n#### 10^5";
  const { stdout, stderr, exitCode } = await explain(...number, "--explain", text, "--answer", "100000");
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(stdout.split("\n").filter((line) => line.startsWith("  "))).toEqual([
    '  line 3, ####: "10^5" -> 100000 (decides)',
    "  answer: 100000, right: the answer is 100000",
    '  line 1, answer is: "12." -> 12',
    '  line 2, answer is: "2√3." -> not read: not understood as one number',
    '  line 3, ####: "10^5" -> 100000 (decides)',
    "  answer: 100000, right: the answer is 100000",
  ]);
});

test("reads standard input, and shows where a published pattern reads less than is stated", async () => {
  const { stdout } = await aft(["judge", "--task", "gsm8k", "--explain", "-", "--answer", "10", "--json"], {
    input: "#### 10^5",
  });
  const { strict, published } = JSON.parse(stdout);
  expect(strict).toMatchObject({
    extracted: "10",
    correct: true,
    unread: "10^5",
    pattern: String.raw`#### (\-?[0-9\.\,]+)`,
  });
  expect(strict.seen).toMatchObject([
    { line: 1, said: "10", answer: "10", decides: true },
    { by: "####", said: "10^5", answer: "100000" },
  ]);
  expect(published).toBe(true);
});

test("takes a row of candidates with its question, and a candidate of a group", async () => {
  const folder = await temporaryFolder();
  const write = (name: string, row: object) => writeFile(join(folder, name), `${JSON.stringify(row)}\n`);
  const question = { id: "q", task: "aqua", question: "?", answer: "B", choices: ["12 km", "18 km"] };
  await write("questions.jsonl", question);
  await write("samples.jsonl", { questionId: "q", index: 0, text: "The answer is 18 km." });
  await write("groups.jsonl", {
    id: "q",
    answer: "B",
    candidates: [{ text: "#### A" }, { text: "Answer: A, B" }],
  });
  const aqua = (...words: string[]) => aft(["judge", "--task", "aqua", ...words], { cwd: folder });
  const row = await aqua("--explain", "samples.jsonl:1", "--questions", "questions.jsonl");
  expect(row.stdout).toContain("an option's text");
  expect(row.stdout).toContain("answer: B, right: the answer is B");
  const none = await aqua("--explain", "groups.jsonl:1:2");
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    'groups.jsonl: this row has no such text\n  found: "1:2"\n  expected: FILE:ROW:INDEX, a candidate from 0 to 1',
  ]);
});

test("goes with no files to judge", async () => {
  const both = await explain(...number, "--explain", "5", "--out", "x.jsonl");
  expect(both.stderr).toContain("--out does not go with --explain, which judges one text and writes nothing");
  const neither = await explain(...number, "--in", "x.jsonl");
  expect(neither.stderr).toContain(
    "aft judge needs --questions, --out\n  expected: aft judge --task arithmetic",
  );
});
