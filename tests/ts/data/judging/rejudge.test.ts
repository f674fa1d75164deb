import { expect, test } from "vitest";
import { type ExtractMode, Rejudging, taskNamed } from "../../../../ts/data/index.ts";

const answered = (questionId: string, text: string, answer = "12") => ({
  questionId,
  note: "passes through",
  question: "How many pens?",
  prompt: "How many pens?\n",
  text,
  extracted: "999",
  answer,
  correct: true,
  finish: "stop",
});
const rows = [
  answered("a", "3 * 4 = 12\n#### 12.0"),
  answered("b", "That makes $1,200.", "1200"),
  answered("c", "#### 7, no, 12"),
  answered("d", "I do not know."),
];

const rejudged = (extract: ExtractMode) => {
  const rejudging = new Rejudging(taskNamed("gsm8k"), extract);
  return rows.map((row) => rejudging.judge(row));
};

test("answers are judged anew from their texts by both rules, and keep their order and other fields", () => {
  const [a, b, c, d] = rejudged("strict");
  expect(a).toEqual({
    ...rows[0],
    extracted: "12",
    correct: true,
    byMode: { strict: { extracted: "12", correct: true }, flexible: { extracted: "12", correct: true } },
  });
  expect(Object.keys(a!)).toEqual([...Object.keys(rows[0]!), "byMode"]);
  expect(b).toMatchObject({
    extracted: null,
    correct: false,
    byMode: { flexible: { extracted: "1200", correct: true } },
  });
  expect(c).toMatchObject({ extracted: "7", correct: false, byMode: { flexible: { correct: true } } });
  expect(d!.byMode).toEqual({
    strict: { extracted: null, correct: false },
    flexible: { extracted: null, correct: false },
  });
});

test("the flexible rule decides where it is asked to", () => {
  expect(rejudged("flexible").map(({ correct }) => correct)).toEqual([true, true, true, false]);
});

test("a question that comes twice is told when all are judged", () => {
  const rejudging = new Rejudging(taskNamed("gsm8k"), "strict");
  for (const row of [rows[0]!, rows[1]!]) rejudging.judge(row);
  rejudging.check();
  rejudging.judge(rows[0]!);
  expect(() => rejudging.check()).toThrow('found: "a"');
});
