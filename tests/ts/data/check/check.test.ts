import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { promptSettings } from "../../../../ts/config/index.ts";
import {
  checkRecords,
  type Findings,
  findingsOf,
  kindOfRecords,
  shownQuestions,
  taskKind,
  taskNamed,
} from "../../../../ts/data/index.ts";
import { folderOf } from "../files.ts";

const gsm8k = taskKind("gsm8k");
const settings = gsm8k.settingsSchema.parse({ task: "gsm8k" });

async function checked(rows: readonly unknown[]): Promise<Findings> {
  const file = join(folderOf({ "a.jsonl": rows }), "a.jsonl");
  return findingsOf("a", await gsm8k.read!(settings, file), taskNamed("gsm8k"));
}
const placeless = (findings: Findings) =>
  findings.problems.map(({ what, where, found }) => [where?.replace(/^.*\//, ""), what, found]);

describe("rows of a task", () => {
  it("are counted, bad ones named, questions that come again told and not called wrong", async () => {
    const findings = await checked([
      { question: "1 + 1?", answer: "#### 2" },
      { question: "1  + 1? ", answer: "#### 2" },
      { question: "", answer: "#### 2" },
      { question: "2 + 2?", answer: "four" },
    ]);
    expect(findings.counts).toEqual({
      questions: 2,
      "bad rows": 2,
      "with a reference": 2,
      "questions that come again": 1,
      "references with another answer": 0,
    });
    expect(placeless(findings)).toEqual([
      ["a.jsonl:3", "bad value for field question", ""],
      ["a.jsonl:4", "field answer: no final answer", "four"],
    ]);
    expect(findings.notes).toEqual([
      expect.stringMatching(/^the same question: .*a\.jsonl:1, .*a\.jsonl:2$/),
    ]);
  });

  it("every one of them, however many", async () => {
    const rows = Array.from({ length: 70 }, (_, at) => ({ question: `${at}?`, answer: "none" }));
    expect((await checked(rows)).problems).toHaveLength(70);
  });
});

describe("records are told apart by their fields", () => {
  const question = { id: "a", task: "gsm8k", question: "1 + 1?", answer: "2", reference: "#### 2" };
  const candidate = { questionId: "a", index: 0, text: "#### 2" };
  const group = {
    id: "a",
    task: "gsm8k",
    prompt: "1 + 1?\n",
    reference: "#### 2",
    answer: "2",
    candidates: [
      { text: "#### 2", extracted: "2", correct: true, rank: 2 },
      { text: "#### 3", extracted: "3", correct: false, rank: 1 },
    ],
  };
  const onFile = async (rows: readonly unknown[]) => {
    const file = join(folderOf({ "a.jsonl": rows }), "a.jsonl");
    const kind = await kindOfRecords(file);
    return { kind, findings: kind === undefined ? [] : await checkRecords(file, kind) };
  };

  it("questions: references whose answer is another, ids that come twice", async () => {
    const { kind, findings } = await onFile([
      question,
      { ...question, question: "1 + 2?", reference: "#### 3" },
    ]);
    expect(kind).toBe("questions");
    expect(findings.flatMap(placeless)).toEqual([
      ["a.jsonl:2", "field id: this id comes twice", "a"],
      ["a.jsonl:2", "the reference does not end in the row's answer", "3"],
    ]);
  });

  it("candidates: a pair that comes twice, a field of the wrong kind", async () => {
    const { kind, findings } = await onFile([candidate, candidate, { ...candidate, index: -1 }]);
    expect(kind).toBe("candidates");
    expect(findings.flatMap(placeless)).toEqual([
      ["a.jsonl:3", "bad value for field index", -1],
      ["a.jsonl:2", "fields questionId and index: these two come twice", "a, 0"],
    ]);
  });

  it("groups: what training would refuse", async () => {
    const { kind, findings } = await onFile([group]);
    expect(kind).toBe("groups");
    expect(findings[0]!.what).toMatch(/\(ranked feedback\)$/);
    expect(findings[0]!.problems).toMatchObject([
      { found: 1, expected: expect.stringContaining("at least 2") },
    ]);
  });

  it("predictions: two for one question, a right one without an answer, a task that is not named", async () => {
    const row = { questionId: "a", task: "sums", question: "1 + 1?", prompt: "1 + 1?\n", text: "#### 2" };
    const right = { ...row, extracted: "2", answer: "2", correct: true, finish: "length" };
    const { kind, findings } = await onFile([
      right,
      right,
      { ...right, questionId: "b", extracted: null },
      { ...right, questionId: "c", task: undefined },
      { ...right, questionId: "a", task: "others", extracted: null, correct: false },
      { ...right, questionId: "d", correct: "yes" },
    ]);
    expect(kind).toBe("predictions");
    expect(findings[0]!.counts).toEqual({
      rows: 6,
      "bad rows": 1,
      right: 4,
      "without an answer": 2,
      "cut off": 5,
    });
    expect(findings.flatMap(placeless)).toEqual([
      ["a.jsonl:6", "bad value for field correct", "yes"],
      ["a.jsonl:2", "field questionId: a second prediction for this question", "sums, a"],
      ["a.jsonl:3", "field correct: right, and no answer was found (extracted: null)", true],
      ["a.jsonl:4", "missing field task: other rows name theirs", undefined],
    ]);
  });

  it("and none of them is none", async () => {
    expect((await onFile([{ question: "1 + 1?", answer: "#### 2" }])).kind).toBeUndefined();
  });
});

describe("questions are shown as the model is given them", () => {
  const rows = Array.from({ length: 6 }, (_, at) => ({
    question: `${at} + 1?`,
    answer: `It is.\n#### ${at + 1}`,
  }));
  const folder = () =>
    folderOf({ "train.jsonl": rows, "test.jsonl": [{ question: "9 + 9?", answer: "#### 18" }] });
  const shown = (at: string, prompt: unknown, split: "train" | "test", more: object = {}) =>
    shownQuestions(
      gsm8k,
      gsm8k.settingsSchema.parse({
        task: "gsm8k",
        trainFile: join(at, "train.jsonl"),
        testFile: join(at, "test.jsonl"),
        validation: 2,
      }),
      promptSettings(prompt as "plain"),
      { split, count: 2, ...more },
    );

  it("those of an experiment, with its template and its examples in front", async () => {
    const { total, questions } = await shown(folder(), { template: "alpaca", fewShot: 1 }, "test");
    expect(total).toBe(1);
    expect(questions[0]).toMatchObject({
      id: "gsm8k-test-1",
      answer: "18",
      reference: "#### 18",
      extracted: { strict: "18", flexible: "18" },
    });
    expect(String(questions[0]!.prompt).match(/### Instruction:/g)).toHaveLength(2);
    expect(String(questions[0]!.prompt)).toMatch(/#### \d\n\n### Instruction:\n9 \+ 9\?\n\n### Response:\n$/);
  });

  it("those of one file, with their places", async () => {
    const at = folder();
    const { total, questions, note } = await shown(at, "plain", "train", { file: join(at, "train.jsonl") });
    expect([total, note]).toEqual([6, "all rows of this file"]);
    expect(questions.map(({ id, where }) => [id, where])).toEqual([
      ["gsm8k-train-1", `${at}/train.jsonl:1`],
      ["gsm8k-train-2", `${at}/train.jsonl:2`],
    ]);
  });

  it("those of a split whose file is here, though another is not", async () => {
    const at = folderOf({ "test.jsonl": [{ question: "9 + 9?", answer: "#### 18" }] });
    const { questions, note } = await shown(at, "plain", "test");
    expect([questions.length, note]).toEqual([
      1,
      expect.stringContaining("not all of the task's files are here"),
    ]);
    await expect(shown(at, "plain", "train")).rejects.toThrow("no such file");
  });
});
