import { describe, expect, it } from "vitest";
import type { Candidate, Question } from "../../../../ts/core/records.ts";
import { groupSchema } from "../../../../ts/core/records.ts";
import { arithmeticQuestions, judge, longestJudged, taskNamed, taskOf } from "../../../../ts/data/index.ts";
import { Unread } from "../../../../ts/data/judging/unread.ts";
import { golden } from "../golden.ts";

const rows = <T>(name: string): { value: T; where: string }[] =>
  golden<T>(`judge/${name}`).map((value, at) => ({ value, where: `${name}:${at + 1}` }));
const questions = rows<Question>("questions.jsonl");
const candidates = rows<Candidate>("candidates.jsonl");

describe.each(["strict", "flexible"] as const)("judging by the %s rule", (extract) => {
  const { groups, counts } = judge(questions, candidates, { task: "gsm8k", extract });

  it("gives the groups of the golden file, which the record's schema accepts", () => {
    expect(groups).toEqual(golden(`judge/${extract}.jsonl`));
    for (const group of groups) expect(groupSchema.parse(group)).toEqual(group);
  });

  it("counts what it saw", () => {
    expect(counts).toEqual({
      questions: 4,
      candidates: 7,
      correct: extract === "strict" ? 2 : 3,
      wrong: 3,
      noAnswer: extract === "strict" ? 2 : 1,
      unparsed: 0,
      ambiguous: 0,
      partlyRead: 0,
      tooLong: 0,
      timeLimit: 0,
      correctStrict: 2,
      correctFlexible: 3,
      duplicates: 1,
      withoutCandidates: 1,
      onlyPositive: 1,
      onlyNegative: 1,
      paired: 1,
      rightAnswerWrongSteps: 0,
      wrongAnswerRightSteps: 0,
    });
  });

  it("takes records without their places too", () => {
    const bare = [questions.map(({ value }) => value), candidates.map(({ value }) => value)] as const;
    expect(judge(...bare, { task: "gsm8k", extract }).groups).toEqual(groups);
  });
});

it("tells right answers from right reasoning where the task can", () => {
  const [question] = arithmeticQuestions({}, 1, 1);
  const texts = [question!.reference!, `1 + 1 = 2\n#### ${question!.answer}`, "#### 100"];
  const { groups, counts } = judge(
    [question!],
    texts.map((text, index) => ({ questionId: question!.id, index, text })),
    { task: "arithmetic", extract: "strict" },
  );
  expect(groups[0]!.candidates.map(({ correct, stepsValid }) => [correct, stepsValid])).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ]);
  expect(counts).toMatchObject({ correct: 2, wrong: 1, rightAnswerWrongSteps: 1, paired: 1 });
  expect(groups[0]).toMatchObject({ difficulty: question!.difficulty, problem: question!.problem });
});

it("does not look at a text beyond the longest, and does not call it wrong", () => {
  const text = `${"1 + 1 = 2\n".repeat(longestJudged / 10)}#### 3`;
  const { groups, counts } = judge([questions[2]!], [{ questionId: "q3", index: 0, text }], {
    task: "gsm8k",
    extract: "strict",
  });
  expect(groups[0]!.candidates[0]).toMatchObject({ extracted: null, correct: false, noAnswer: "too long" });
  expect(counts).toMatchObject({ wrong: 0, noAnswer: 1, tooLong: 1 });
});

/** A rule that understands digits alone. */
function reading(said: string) {
  if (/^\d+$/.test(said)) return { answer: said };
  if (!/\d/.test(said)) return { answer: null };
  return { answer: null, noAnswer: said.includes("or") ? "ambiguous" : "unparsed", unread: said } as const;
}

it("tells apart the answers that are right, wrong, not understood, several, and not there, and says which", () => {
  const sums = {
    ...taskNamed("gsm8k"),
    read: (text: string) => ({ ...reading(text.replace("#### ", "")), seen: [] }),
  };
  const texts = ["#### 3", "#### 4", "#### 2√3", "#### 5 or 6", "It is three.", "#### 1√3", "#### 2√3"];
  const { groups, counts } = judge(
    [questions[2]!],
    texts.map((text, index) => ({ questionId: "q3", index, text })),
    { task: sums, extract: "strict" },
  );
  expect(counts).toMatchObject({
    candidates: 7,
    correct: 1,
    wrong: 1,
    noAnswer: 5,
    unparsed: 3,
    ambiguous: 1,
  });
  expect(groups[0]!.candidates.map(({ unread }) => unread)).toMatchObject({ 2: "2√3", 4: undefined });
  const unread = new Unread();
  for (const group of groups) unread.add(group);
  expect(unread.mostFrequent(1)).toEqual([{ stated: "2√3", times: 2, questionId: "q3" }]);
});

it("gives no score where the tokens are not known or none", () => {
  const { groups } = judge(
    [questions[2]!],
    [
      { questionId: "q3", index: 0, text: "#### 3", logprob: -2 },
      { questionId: "q3", index: 1, text: "", logprob: 0, tokens: 0 },
    ],
    { task: "gsm8k", extract: "strict" },
  );
  expect(groups[0]!.candidates.map(({ score }) => score)).toEqual([undefined, undefined]);
});

describe("input that does not fit together", () => {
  const sample = (questionId: string, index: number, row: number) => ({
    value: { questionId, index, text: "#### 1" },
    where: `candidates.jsonl:${row}`,
  });
  const judging = { task: "gsm8k", extract: "strict" } as const;

  it("is reported all at once, each with its place", () => {
    const copy = { value: questions[0]!.value, where: "questions.jsonl:9" };
    const other = {
      value: { ...questions[0]!.value, id: "q9", task: "arithmetic" },
      where: "questions.jsonl:10",
    };
    const run = () =>
      judge(
        [...questions, copy, other],
        [sample("q2", 0, 1), sample("q2", 0, 2), sample("p3", 0, 3)],
        judging,
      );
    expect(run).toThrow(
      [
        "questions.jsonl:9: field id: this question id comes twice",
        '  found: "q1"',
        "questions.jsonl:10: field task: a question of another task",
        '  found: "arithmetic"',
        "  expected: gsm8k, or a task with the setting name: arithmetic",
        'candidates.jsonl:2: field index: a second candidate 0 of question "q2"',
        "  found: 0",
        "  expected: each index once within its question",
        "candidates.jsonl:3: field questionId: no question has this id",
        '  found: "p3"',
        "  did you mean: q3",
      ].join("\n"),
    );
    expect(run).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it("is named up to a number, then counted", () => {
    const many = Array.from({ length: 500 }, (_, at) => sample(`nobody-${at}`, 0, at + 1));
    expect(() => judge(questions, many, judging)).toThrow(
      /candidates\.jsonl:1: .*\n.*\n {2}and 19 more like it: rows 2 to 20\nand 480 more mistakes$/,
    );
  });

  it("names the nearest task", () => {
    expect(() => judge(questions, candidates, { task: "gsm-8k", extract: "strict" })).toThrow(
      "did you mean: gsm8k",
    );
  });
});

it("refuses a question whose answer is not understood, since every candidate would be wrong", () => {
  const settings = { task: "custom", answer: { kind: "number" } };
  const task = taskOf(settings);
  const question = { id: "q", task: "custom", question: "?", answer: "5 or 6" };
  const candidates = [{ questionId: "q", index: 0, text: "#### 5" }];
  const judged = (answer: string) =>
    judge([{ value: { ...question, answer }, where: "questions.jsonl:1" }], candidates, {
      task,
      extract: "strict",
    });
  expect(() => judged("5 or 6")).toThrow(
    'questions.jsonl:1: field answer: not understood as an answer of this task\n  found: "5 or 6"',
  );
  expect(judged("5.0 dollars").counts.correct).toBe(1);
});
