import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft } from "../../../e2e/aft.ts";
import { folderOf } from "../../data/files.ts";

const rows = [
  { question: "1 + 1?", answer: "It is 2.\n#### 2" },
  { question: "1 + 2?", answer: "It is 3." },
  { quesion: "1 + 3?", answer: "#### 4" },
];

test("`aft data check` names every bad row, and ends with 2", async () => {
  const folder = folderOf({ "rows.jsonl": rows });
  const checked = await aft(["data", "check", "rows.jsonl", "--task", "gsm8k"], { cwd: folder });
  expect(checked.exitCode).toBe(2);
  expect(checked.stdout).toContain("rows.jsonl\n  questions: 1\n  bad rows: 2\n");
  expect(checked.stderr).toBe(
    [
      "rows.jsonl:2: field answer: no final answer",
      '  found: "It is 3."',
      "  expected: a last line `#### NUMBER`",
      "rows.jsonl:3: missing field question",
      '  found: "a field named quesion"',
      "  expected: text that is not empty",
    ].join("\n"),
  );
  const json = await aft(["data", "check", "rows.jsonl", "--task", "gsm8k", "--json"], { cwd: folder });
  expect(JSON.parse(json.stdout)).toMatchObject({ right: false, findings: [{ counts: { "bad rows": 2 } }] });
});

test("of many bad rows of a kind one is told, and each with --json", async () => {
  const many = Array.from({ length: 1045 }, (_, at) => ({ question: `${at}?`, answer: "none" }));
  const folder = folderOf({ "rows.jsonl": many });
  const checked = await aft(["data", "check", "rows.jsonl", "--task", "gsm8k"], { cwd: folder });
  expect(checked.exitCode).toBe(2);
  expect(checked.stdout).toContain("bad rows: 1,045");
  const lines = checked.stderr.split("\n");
  expect(lines.filter((line) => line.startsWith("rows.jsonl:"))).toHaveLength(1);
  expect(lines.at(-1)).toBe("--json lists each");
  const json = await aft(["data", "check", "rows.jsonl", "--task", "gsm8k", "--json"], { cwd: folder });
  expect(json.exitCode).toBe(2);
  expect(JSON.parse(json.stdout).findings[0].problems).toHaveLength(1045);
});

test("a file whose rows are no records asks for the task, and a word that is neither file nor task is named", async () => {
  const folder = folderOf({ "rows.jsonl": rows });
  const checked = await aft(["data", "check", "rows.jsonl"], { cwd: folder });
  expect(checked.exitCode).toBe(2);
  expect(checked.stderr).toContain("rows.jsonl: not a file of questions, candidates, groups or predictions");
  expect(checked.stderr).toContain("--task TASK (gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom)");
  expect((await aft(["data", "check", "gsmk"], { cwd: folder })).stderr).toBe(
    'neither a file nor a task\n  found: "gsmk"\n  expected: a file, or one of arithmetic, gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom\n  did you mean: gsm8k',
  );
});

test("`aft data show` puts an experiment's questions as the model is given them", async () => {
  const folder = folderOf({
    "rows.csv": 'q,a,r\n"1 + 1?",2,"1 + 1 = 2  "\n',
    "test.csv": "q,a,r\n2 + 2?,4,2 + 2 = 4\n",
    "main.yaml": `name: x
model: {create: {tokenizer: {kind: bpe, vocabularySize: 300, chatTemplate: "{{ messages }}"}}}
tasks:
  - {task: custom, name: sums, trainFile: rows.csv, testFile: test.csv, columns: {question: q, answer: a, reference: r}, closing: append,
     prompt: {template: chat, system: Be brief.}}
stages: {sample: {maxNewTokens: 64}, evaluate: {maxNewTokens: 64}}
methods: {kept: {method: keep}}
`,
  });
  const shown = await aft(["data", "show", "main.yaml", "--set", "tasks.0.prompt.template=plain"], {
    cwd: folder,
  });
  expect(shown.stderr).toBe("");
  expect(
    shown.stdout,
  ).toBe(`sums: 1 of 1 train questions; answers: #### NUMBER, the first; the whole line is read

=== sums-train-1
--- prompt
Be brief.

Question: 1 + 1?
Answer:⏎
▮
--- reference
1 + 1 = 2
#### 2▮
--- answer: 2
in the reference: strict 2, flexible 2`);
  const chat = await aft(["data", "show", "main.yaml"], { cwd: folder });
  expect(chat.stdout).toContain("--- system\nBe brief.▮\n--- user\n1 + 1?▮\n(the model's own chat template");
  expect((await aft(["data", "show", "main.yaml", "--task", "sum"], { cwd: folder })).stderr).toContain(
    "did you mean: sums",
  );
});

test("`aft data groups` makes groups that the judge stage takes, which `aft data check` agrees with", async () => {
  const candidates = [
    { text: "#### 2", score: 0.8 },
    { text: "#### 3", score: 0.1 },
  ];
  const folder = folderOf({
    "data/gsm8k-rank/train.jsonl": [{ question: "1 + 1?", answer: "#### 2", candidates }],
  });
  const env = { AFT_DATA: join(folder, "data") };
  const made = await aft(
    [
      "data",
      "groups",
      "gsm8k-rank",
      "--out",
      "groups.jsonl",
      "--set",
      "validation=0",
      "--set",
      "prompt=alpaca",
    ],
    { cwd: folder, env },
  );
  expect(made).toMatchObject({ exitCode: 0, stdout: "1 groups written: groups.jsonl" });
  const [group] = readFileSync(join(folder, "groups.jsonl"), "utf8").trim().split("\n");
  expect(JSON.parse(group!)).toMatchObject({
    prompt: expect.stringMatching(/### Instruction:\n1 \+ 1\?\n\n### Response:\n$/),
    candidates: [
      { text: "#### 2", rank: 1, reward: 0.8, correct: true },
      { text: "#### 3", rank: 2, reward: 0.1, correct: false },
    ],
  });
  expect(await aft(["data", "check", "groups.jsonl"], { cwd: folder })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("nothing is wrong"),
  });
});

test("a file without rows is not called right", async () => {
  const folder = folderOf({ "rows.csv": "question,answer\n" });
  const checked = await aft(["data", "check", "rows.csv", "--task", "custom"], { cwd: folder });
  expect(checked).toMatchObject({
    exitCode: 2,
    stderr: "rows.csv: the file holds no rows\n  expected: at least one question",
  });
});
