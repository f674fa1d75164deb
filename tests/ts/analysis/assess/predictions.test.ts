import { describe, expect, it } from "vitest";
import {
  AssessingByTask,
  AssessingPredictions,
  describePredictions,
  type Prediction,
  PredictionChecks,
} from "../../../../ts/analysis/index.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/interval.ts";
import { type Group, predictionSchema } from "../../../../ts/core/records.ts";
import { answers, group, right, wrong } from "../groups.ts";

/** Answered as given (the right answer is 4; null: none was found), the flexible rule finding what is in brackets. */
const predictions = (task: string | undefined, ...texts: (string | null)[]): Prediction[] =>
  texts.map((text, at) => {
    const found = text === null ? null : text.replace(/[()]/g, "");
    const strict = text?.startsWith("(") ? null : found;
    return {
      questionId: `${task}-${at}`,
      ...(task === undefined ? {} : { task }),
      question: "2 + 2?",
      prompt: "2 + 2?\n",
      text: text ?? "",
      extracted: strict,
      answer: "4",
      correct: strict === "4",
      finish: text === null ? ("length" as const) : ("stop" as const),
      byMode: {
        strict: { extracted: strict, correct: strict === "4" },
        flexible: { extracted: found, correct: found === "4" },
      },
    };
  });

const assessPredictions = (rows: readonly Prediction[]) => {
  const assessing = new AssessingPredictions();
  for (const row of rows) assessing.add(row);
  return assessing.result();
};

const describeByTask = (groups: readonly Group[]) => {
  const assessing = new AssessingByTask();
  for (const one of groups) assessing.add(one);
  return assessing.describe();
};

const sums = predictions("sums", "4", "4", "4", "(4)", "5", null);
const facts = predictions("facts", "4", "5", "5", "5", "5", "5", "5", "5");

describe("predictions assessed", () => {
  it("gives accuracy with n and Wilson's interval, answers that were not found, and both rules", () => {
    expect(assessPredictions(sums)).toEqual({
      predictions: 6,
      accuracy: { value: 0.5, correct: 3, n: 6, interval: wilsonInterval(3, 6) },
      macroAccuracy: null,
      noAnswer: 2,
      unparsed: 0,
      ambiguous: 0,
      cutOff: 1,
      byMode: {
        strict: { value: 0.5, correct: 3, n: 6, interval: wilsonInterval(3, 6) },
        flexible: { value: 4 / 6, correct: 4, n: 6, interval: wilsonInterval(4, 6) },
      },
      tasks: [expect.objectContaining({ task: "sums", predictions: 6, noAnswer: 2 })],
    });
  });

  it("pools several tasks, takes each apart, and averages them with an interval around their mean", () => {
    const { accuracy, macroAccuracy, tasks } = assessPredictions([...sums, ...facts]);
    expect(accuracy).toEqual({ value: 4 / 14, correct: 4, n: 14, interval: wilsonInterval(4, 14) });
    expect(tasks.map(({ task, accuracy: own }) => [task, own.correct, own.n])).toEqual([
      ["sums", 3, 6],
      ["facts", 1, 8],
    ]);
    expect(macroAccuracy).toMatchObject({ value: (3 / 6 + 1 / 8) / 2, tasks: 2 });
    // The spread of a mean of two independent means: sqrt(.25/6 + .109/8) / 2 = .118.
    const half = (macroAccuracy!.interval!.high - macroAccuracy!.interval!.low) / 2;
    expect(half).toBeGreaterThan(1.5 * 0.118);
    expect(half).toBeLessThan(2.3 * 0.118);
    const wrong = [...sums, ...facts].map((one) => ({ ...one, correct: false }));
    // Wilson's upper limits for 0 of 6 and 0 of 8: 0.3903 and 0.3244.
    expect(assessPredictions(wrong).macroAccuracy).toEqual({
      value: 0,
      tasks: 2,
      interval: { low: 0, high: expect.closeTo(Math.hypot(0.3903, 0.3244) / 2, 3) },
    });
  });

  it("leaves both rules open where one prediction was judged by one only, and tasks where none is named", () => {
    const [first, ...others] = predictions(undefined, "4", "5");
    const { byMode: _byMode, ...one } = first!;
    expect(assessPredictions([one, ...others])).toMatchObject({ byMode: null, tasks: [] });
    expect(assessPredictions([])).toMatchObject({
      predictions: 0,
      accuracy: { value: null, correct: 0, n: 0, interval: null },
      byMode: null,
    });
  });

  it("names a question that comes twice, and a row without its task among others", () => {
    const checks = new PredictionChecks();
    const add = (value: Prediction, at: number) => checks.add(value, () => `predictions.jsonl:${at + 1}`);
    sums.forEach(add);
    checks.check();
    add(sums[1]!, 6);
    add(predictions(undefined, "4")[0]!, 7);
    expect(() => checks.check()).toThrow(
      [
        "predictions.jsonl:7: field questionId: a second prediction for this question",
        '  found: "sums-1"',
        "  expected: each question once: the interval takes predictions for independent",
        "predictions.jsonl:8: missing field task: other rows name theirs",
        "  expected: the task's name",
      ].join("\n"),
    );
  });

  it("keeps fields of its own, as the rows of a file may have them", () => {
    expect(predictionSchema.parse({ ...sums[0], choices: ["A"] })).toEqual({ ...sums[0], choices: ["A"] });
  });

  it("in words", () => {
    expect(describePredictions(assessPredictions(sums))).toBe(
      [
        "predictions          6",
        "accuracy             50.0 % of 6 [18.8, 81.2]",
        "without an answer    2 (33.3 %), counted as wrong",
        "cut off              1 (16.7 %) at the length limit",
        "strict rule          50.0 % of 6 [18.8, 81.2]",
        "flexible rule        66.7 % of 6 [30.0, 90.3]",
      ].join("\n"),
    );
    const lines = describePredictions(assessPredictions([...sums, ...facts])).split("\n");
    expect(lines[0]).toBe("predictions          14 of 2 tasks");
    expect(lines[2]).toMatch(/^macro {16}31\.3 % \[\d+\.\d, \d+\.\d\], the mean of 2 tasks$/);
    expect(lines.slice(8)).toEqual([
      "task   n             % right  strict  flexible  no answer  cut off",
      "──────────────────────────────────────────────────────────────────",
      "sums   6  50.0  [18.8, 81.2]    50.0      66.7          2        1",
      "facts  8  12.5   [2.2, 47.1]    12.5      12.5          0        0",
    ]);
  });
});

describe("groups of several tasks", () => {
  const facts = { ...group("b", [...right(-1), ...wrong(-2, -3)]), task: "facts" };

  it("are described task by task, with their mean", () => {
    const sums = { ...group("a", [...right(-1), ...wrong(-0.5)]), task: "sums" };
    expect(
      describeByTask([sums, facts])!
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ["task", "questions", "sampled %", "maj %", "assessing %", "ppl right", "ppl wrong"],
      [expect.stringMatching("^─+$")],
      ["sums", "1", "50.0", "50.0", "0.0", "2.718", "1.649"],
      ["facts", "1", "33.3", "0.0", "100.0", "2.718", "13.737"],
      ["mean of the tasks (macro)", "41.7", "25.0", "50.0", "2.718", "7.693"],
    ]);
  });

  it("have no mean of what one task lacks, and one task is not described again", () => {
    const empty = { ...group("a", answers(null)), task: "sums" };
    expect(describeByTask([empty, facts])!.split("\n").at(-1)!.split(/ {2,}/).at(3)).toBe("–");
    expect(describeByTask([facts])).toBeUndefined();
  });
});
