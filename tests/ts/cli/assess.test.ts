import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { assessFile } from "../../../ts/cli/assess.ts";

const prediction = (questionId: string, text: string, extracted: string | null, more: object = {}) => ({
  questionId,
  question: "2 + 2?",
  prompt: "2 + 2?\n",
  text,
  extracted,
  answer: "4",
  correct: extracted === "4",
  ...more,
});

let folder: string;
const at = (name: string) => join(folder, name);
const write = (name: string, rows: readonly object[]) =>
  writeFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

/** What the command prints for these options. */
async function assess(
  name: string,
  options: { task?: string; set?: string[]; extract?: "flexible"; json?: boolean } = {},
) {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const { task, set = [], extract, json = false } = options;
  await assessFile.handler({ in: at(name), task, set, extract, json, _: [], $0: "aft" });
  return printed.join("").trimEnd();
}
afterEach(() => vi.restoreAllMocks());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-assess-"));
  const plain = [prediction("a", "#### 4", "4"), prediction("b", "it is 4", null)];
  await write("predictions.jsonl", plain);
  await write("tasks.jsonl", [
    ...plain.map((row) => ({ ...row, task: "gsm8k" })),
    prediction("c", "#### 5", "5", { task: "facts", finish: "length" }),
  ]);
  const candidates = [
    { text: "x", extracted: "4", correct: true, score: -1 },
    { text: "y", extracted: "5", correct: false, score: -2 },
  ];
  const group = { id: "a", task: "arithmetic", prompt: "?", answer: "4", candidates };
  await write("groups.jsonl", [group, { ...group, id: "b", task: "facts" }]);
  await write("candidates.jsonl", [{ questionId: "a", index: 0, text: "#### 4" }]);
});

test("predictions of a file that names no task have accuracy with n and interval, as JSON too", async () => {
  const assessment = JSON.parse(await assess("predictions.jsonl", { json: true }));
  expect(Object.keys(assessment)).toEqual([
    "predictions",
    "accuracy",
    "macroAccuracy",
    "noAnswer",
    "unparsed",
    "ambiguous",
    "cutOff",
    "byMode",
    "tasks",
  ]);
  expect(assessment).toMatchObject({
    predictions: 2,
    accuracy: { value: 0.5, correct: 1, n: 2 },
    macroAccuracy: null,
    noAnswer: 1,
    cutOff: 0,
    byMode: null,
    tasks: [],
  });
});

test("--task judges the texts anew, by the flexible rule if asked, and says how many verdicts changed", async () => {
  const options = { task: "gsm8k", extract: "flexible" } as const;
  const { accuracy, byMode, judged } = JSON.parse(
    await assess("predictions.jsonl", { ...options, json: true }),
  );
  expect(accuracy.correct).toBe(2);
  expect(byMode.strict.correct).toBe(1);
  expect(judged).toEqual({
    task: "gsm8k",
    extract: "flexible",
    pattern: expect.stringContaining("[0-9]+"),
    changed: 1,
  });
  const printed = await assess("predictions.jsonl", options);
  expect(printed).toContain("accuracy             100.0 % of 2 [34.2, 100.0]");
  expect(printed).toMatch(/judged anew {10}by gsm8k, flexible: .*; 1 judged otherwise than in the file$/);
});

test("of several tasks each is told apart, and --task takes its own rows only", async () => {
  const all = JSON.parse(await assess("tasks.jsonl", { json: true }));
  expect(
    all.tasks.map(({ task, predictions, cutOff }: Record<string, unknown>) => [task, predictions, cutOff]),
  ).toEqual([
    ["gsm8k", 2, 0],
    ["facts", 1, 1],
  ]);
  // Wilson's intervals of 1 in 2, 0.095 to 0.905, and of 0 in 1, 0 to 0.793.
  const interval = {
    low: expect.closeTo(0.25 - 0.4055 / 2, 3),
    high: expect.closeTo(0.25 + Math.hypot(0.4055, 0.7935) / 2, 3),
  };
  expect(all.macroAccuracy).toEqual({ value: 0.25, tasks: 2, interval });
  expect(JSON.parse(await assess("tasks.jsonl", { task: "gsm8k", json: true })).predictions).toBe(2);
});

test("--set makes the task what the experiment made it: its name picks its rows, its rule judges them", async () => {
  const rule = ["answer.kind=regex", "answer.pattern='is (\\d+)'"];
  const judged = async (set: string[]) =>
    JSON.parse(await assess("tasks.jsonl", { task: "custom", set, json: true }));
  const named = await judged(["name=gsm8k", ...rule]);
  expect(named).toMatchObject({ predictions: 2, accuracy: { correct: 1 }, noAnswer: 1 });
  expect(named.judged).toMatchObject({ task: "gsm8k", changed: 2 });
  expect((await judged(["name=facts"])).predictions).toBe(1);
});

test("groups are assessed as before, with a table of tasks where there are several, and the same JSON", async () => {
  const printed = await assess("groups.jsonl");
  expect(printed).toContain("assessment accuracy  100.0 % of 2 pairs (micro)");
  expect(printed).toContain("mean of the tasks (macro)");
  expect(Object.keys(JSON.parse(await assess("groups.jsonl", { json: true })))).toEqual([
    "questions",
    "candidates",
    "sampledAccuracy",
    "assessmentAccuracy",
    "majority",
    "passAtK",
    "passAtKQuestions",
    "perplexity",
  ]);
});

test("a pipe is read as a file is, whose first row is looked at before", async () => {
  await execa("mkfifo", [at("pipe")]);
  for (const [name, options] of [
    ["groups.jsonl", { json: true }],
    ["tasks.jsonl", { task: "gsm8k", extract: "flexible", json: true }],
  ] as const) {
    const [piped] = await Promise.all([
      assess("pipe", options),
      writeFile(at("pipe"), await readFile(at(name))),
    ]);
    vi.restoreAllMocks();
    expect(piped).toBe(await assess(name, options));
  }
});

test.each([
  [
    "candidates.jsonl",
    {},
    "these are candidates, not judged yet\n  expected: groups or predictions\n  fix: aft judge --task T",
  ],
  ["groups.jsonl", { task: "gsm8k" }, "--task judges predictions anew, and this file holds groups"],
  ["predictions.jsonl", { task: "gsm8" }, '--task: unknown task\n  found: "gsm8"'],
  ["predictions.jsonl", { extract: "flexible" as const }, "--extract is whose rule? It goes with --task"],
  ["predictions.jsonl", { set: ["name=a"] }, "--set is a setting of which task? It goes with --task"],
  ["predictions.jsonl", { task: "custom", set: ["answer.kind=number", "nam=a"] }, "--set: unknown field nam"],
  ["none.jsonl", {}, "no such file"],
])("a mistake is one clear error of exit code 2: %s %o", async (name, options, message) => {
  await expect(assess(name, options)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});
