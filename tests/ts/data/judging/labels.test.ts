import { describe, expect, it } from "vitest";
import { judge, type Label, placed, sides, type Task, taskNamed } from "../../../../ts/data/index.ts";

const question = { id: "q", task: "gsm8k", question: "How many?", answer: "72" };
const texts = [
  "48/2 = <<48/2=24>>24\n48+24 = <<48+24=72>>72\n#### 72", // right by a right path
  "48/2 = <<48/2=25>>25\n48+24 = <<48+24=72>>72\n#### 72", // right by a wrong path
  "48/2 = <<48/2=24>>26\n#### 72", // the text says otherwise than its annotation
  "It is 72.\n#### 72", // right, no step shown
  "48/2 = <<48/2=24>>24\n#### 24", // wrong by a path whose every step is right
  "48/2 = <<48/2=25>>25\n#### 25", // wrong by a wrong path
  "48/2 = 24, so it is 72", // no answer under strict, right under flexible
];
function judged(label?: Label, extract: "strict" | "flexible" = "strict") {
  const samples = texts.map((text, index) => ({ questionId: "q", index, text }));
  return judge([question], samples, { task: "gsm8k", extract, label });
}
const column = (field: string, label?: Label) =>
  judged(label).groups[0]!.candidates.map((candidate) => candidate[field]);

describe("the steps of a COT", () => {
  it("are all right, or not, or cannot be checked; the first that is wrong is named with its line", () => {
    expect(column("stepsValid")).toEqual([true, false, false, undefined, true, false, true]);
    expect(column("firstWrongStep")).toEqual([
      undefined,
      { line: 1, reason: "the equation 48/2=25 is not true" },
      { line: 1, reason: "the text says 26 after the annotation 48/2=24" },
      undefined,
      undefined,
      { line: 1, reason: "the equation 48/2=25 is not true" },
      undefined,
    ]);
  });

  it("are counted against the answer both ways", () => {
    expect(judged().counts).toMatchObject({
      correct: 4,
      wrong: 2,
      noAnswer: 1,
      rightAnswerWrongSteps: 2,
      wrongAnswerRightSteps: 1,
    });
  });
});

describe("both rules stand side by side", () => {
  it("on every candidate", () => {
    expect(judged().groups[0]!.candidates[6]).toMatchObject({
      extracted: null,
      correct: false,
      byMode: {
        strict: { extracted: null, correct: false, noAnswer: "not found" },
        flexible: { extracted: "72", correct: true },
      },
    });
  });

  it("and in the counts, whichever judges", () => {
    for (const extract of ["strict", "flexible"] as const)
      expect(judged("answer", extract).counts).toMatchObject({ correctStrict: 4, correctFlexible: 5 });
    expect(judged("answer", "flexible").counts.correct).toBe(5);
  });
});

describe("labels by answer and steps", () => {
  it("want a right answer and at least one step, all of them right", () => {
    expect(column("correct")).toEqual([true, true, true, true, false, false, false]);
    expect(column("correct", "answer-and-steps")).toEqual([true, false, false, false, false, false, false]);
    expect(column("answerCorrect", "answer-and-steps")).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(column("answerCorrect")).toEqual(texts.map(() => undefined));
  });

  it("decide what is a positive and what a negative", () => {
    const { positives, negatives } = sides(judged("answer-and-steps").groups[0]!);
    expect([positives.length, negatives.length]).toEqual([1, 5]);
  });

  it("leave what is said of answers as it was", () => {
    const { correct, wrong, stepsUnread, ...counts } = judged("answer-and-steps").counts;
    expect([correct, wrong, stepsUnread]).toEqual([1, 4, 1]);
    const { correct: _, wrong: __, ...before } = judged().counts;
    expect(counts).toEqual(before);
  });

  it.each([
    "7/2 = 3 1/2 hours",
    "9:00 + 2 = 11:00",
    "day2 + 3 = 8",
    "√16 + 2 = 6",
    "10 / 4 = 2 remainder 2",
    "100 + 10% = 110",
    "500 + 500 = 1 000",
    "So it is that.",
  ])("make no negative of a right solution: %s", (step) => {
    for (const feedback of ["binary", "ranked"] as const) {
      const { groups } = judge([question], [{ questionId: "q", index: 0, text: `${step}\n#### 72` }], {
        task: "gsm8k",
        extract: "strict",
        label: "answer-and-steps",
        feedback,
      });
      expect(sides(groups[0]!).negatives).toEqual([]);
      expect(placed(groups[0]!, feedback).filter(({ candidate }) => !candidate.correct)).toEqual([]);
    }
  });

  it("count a group of right ones and unread ones as one without a wrong one", () => {
    const of = (...steps: string[]) =>
      judge(
        [question],
        steps.map((step, index) => ({ questionId: "q", index, text: `${step}\n#### 72` })),
        { task: "gsm8k", extract: "strict", label: "answer-and-steps" },
      ).counts;
    const kinds = { onlyPositive: 0, onlyNegative: 0, paired: 0 };
    expect(of("70 + 2 = 72", "day2 + 70 = 72")).toMatchObject({ ...kinds, onlyPositive: 1, stepsUnread: 1 });
    expect(of("70 + 2 = 72", "70 + 3 = 72")).toMatchObject({ ...kinds, paired: 1, stepsUnread: 0 });
    expect(of("day2 + 70 = 72")).toMatchObject({ ...kinds, onlyNegative: 1, wrong: 0, stepsUnread: 1 });
  });

  it("are refused of a task that checks no steps", () => {
    const { checkSteps: _, ...plain } = taskNamed("gsm8k");
    const run = () =>
      judge([question], [], { task: plain as Task, extract: "strict", label: "answer-and-steps" });
    expect(run).toThrow(
      'this task checks answers only: it cannot label COTs by their steps\n  found: "gsm8k"\n  expected: one of arithmetic, gsm8k, gsm8k-rank, custom, or the label answer',
    );
  });
});
