import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { arithmeticQuestions } from "../../../ts/data/index.ts";
import { aft, temporaryFolder } from "../../e2e/aft.ts";

const experiment = "tests/e2e/tiny.yaml";
const ranked = [
  "--set",
  "stages.judge.feedback=ranked",
  "--set",
  "methods={aft-bc: null, rrhf: {method: rrhf, constraint: none}}",
];
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, "own.jsonl");
});

const cot = (text: string, correct: boolean, rank?: number) => ({ text, extracted: "7", correct, rank });
const row = (id: string, candidates: object[], more = {}) => ({
  id,
  task: "arithmetic",
  prompt: "3 + 4?\n",
  reference: "3 + 4 = 7\n#### 7",
  answer: "7",
  candidates,
  ...more,
});
const write = (...rows: unknown[]) =>
  writeFile(file, rows.map((one) => `${typeof one === "string" ? one : JSON.stringify(one)}\n`).join(""));
const own = () => ["--set", `stages.judge.groupsFile=${file}`];
const runs = () => join(folder, "runs");
const good = row("q1", [cot("#### 7", true, 1), cot("#### 8", false, 2)]);

describe("groups of one's own that contradict themselves", () => {
  const bad = () =>
    write(
      row("q1", [cot("#### 8", false, 1), cot("#### 7", true, 2)]),
      row("q1", [cot("#### 7", true, 1)], { task: "gsm8k" }),
    );
  const text = () =>
    [
      `${file}:1: field candidates.0.rank: a wrong COT ranked above a right one (candidates.1)`,
      "  found: 1",
      "  expected: at least 2, the rank of candidates.1; 1 is the best",
      `${file}:2: field task: a group of another task`,
      '  found: "gsm8k"',
      "  expected: arithmetic",
      `${file}:2: field id: this id comes twice`,
      '  found: "q1"',
      `  expected: another than that of ${file}:1`,
    ].join("\n");

  test("are refused by `aft validate`", async () => {
    await bad();
    const { exitCode, stdout, stderr } = await aft(["validate", experiment, ...ranked, ...own()]);
    expect(stderr).toBe(text());
    expect([exitCode, stdout]).toEqual([2, ""]);
  });

  test.each([[[]], [["--dry-run"]]])(
    "are refused by `aft run` %j before anything is written",
    async (more) => {
      await bad();
      const args = ["run", experiment, ...ranked, ...own(), "--runs", runs(), ...more];
      const { exitCode, stdout, stderr } = await aft(args);
      expect(stderr.endsWith(text())).toBe(true);
      expect([exitCode, stdout, existsSync(runs())]).toEqual([2, "", false]);
    },
  );

  test("are refused row by row where a row is not one of a group", async () => {
    await write(good, '{"id": "q2"', row("q3", [{ ...cot("#### 7", true), rank: "first" }]));
    const { exitCode, stderr } = await aft(["validate", experiment, ...ranked, ...own()]);
    expect(stderr).toBe(
      [
        `${file}:2: not valid JSON`,
        '  found: "{\\"id\\": \\"q2\\""',
        "  expected: one JSON object on this line",
        `${file}:3: bad value for field candidates.0.rank`,
        '  found: "first"',
        "  expected: a number",
      ].join("\n"),
    );
    expect(exitCode).toBe(2);
  });

  test("say which feedback they need", async () => {
    await write(good);
    const { exitCode, stderr } = await aft(["validate", experiment, ...own()]);
    expect(stderr).toContain("the groups have ranks, and stages.judge.feedback is binary");
    expect(stderr).toMatch(/\n {2}fix: set stages\.judge\.feedback: ranked$/);
    expect(exitCode).toBe(2);
  });
});

test("groups of one's own that are right are valid, and take the place of sampling", async () => {
  await write(good);
  const valid = await aft(["validate", experiment, ...ranked, ...own()]);
  expect(valid).toMatchObject({ exitCode: 0, stderr: "" });
  const dry = await aft(["run", experiment, ...ranked, ...own(), "--runs", runs(), "--dry-run", "--json"]);
  const labels = JSON.parse(dry.stdout).stages.map(({ label }: { label: string }) => label);
  // One judged, of no seed; the other is that of the held-out questions.
  expect(labels.filter((label: string) => label.startsWith("judge"))).toEqual(
    expect.arrayContaining(["judge", "judge test seed 1"]),
  );
  expect(labels.filter((label: string) => label.startsWith("sample"))).toHaveLength(1);
  expect(existsSync(runs())).toBe(false);
});

test("`aft judge --feedback ranked` writes ranks that can be trained on as groups of one's own", async () => {
  const at = (name: string) => join(folder, name);
  const [question] = arithmeticQuestions({ items: [2, 2], operations: ["add"] }, 1, 1);
  const texts = [`1 + 1 = 3\n#### ${question!.answer}`, question!.reference!, "#### 0"];
  const samples = texts.map((text, index) => JSON.stringify({ questionId: question!.id, index, text }));
  await writeFile(at("questions.jsonl"), JSON.stringify(question));
  await writeFile(at("candidates.jsonl"), samples.join("\n"));
  const files = ["--questions", at("questions.jsonl"), "--in", at("candidates.jsonl"), "--out", file];
  const judged = await aft(["judge", "--task", "arithmetic", "--feedback", "ranked", ...files, "--json"]);
  expect(JSON.parse(judged.stdout)).toMatchObject({ correct: 2, wrong: 1, pairedByRank: 1 });
  const { candidates } = JSON.parse(await readFile(file, "utf8"));
  expect(candidates.map(({ rank }: { rank: number }) => rank)).toEqual([2, 1, 3]);
  expect(await aft(["validate", experiment, ...ranked, ...own()])).toMatchObject({ exitCode: 0 });
});
