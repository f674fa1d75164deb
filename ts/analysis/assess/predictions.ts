import { inputError, type Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { columns } from "../document/columns.ts";
import { percent, plural, range, whole } from "../format.ts";
import { outcomesOf } from "../metrics/outcomes.ts";
import { type ExtractMode, extractModes, type Prediction } from "../run/run-data.ts";
import type { Interval } from "../statistics/interval.ts";
import { meanInterval, wilsonInterval } from "../statistics/interval.ts";

/** `correct` of `n`, with Wilson's 95 % interval; null where n is 0. */
export interface Share {
  value: number | null;
  correct: number;
  n: number;
  interval: Interval | null;
}

/** What is said of any set of predictions. */
export interface Answers {
  predictions: number;
  accuracy: Share;
  /** No answer could be found in the text: counts as wrong. */
  noAnswer: number;
  /** Of those: an answer is stated in a form that the rule does not understand. */
  unparsed: number;
  /** Of those: several answers are stated. */
  ambiguous: number;
  /** Ended by the length limit. */
  cutOff: number;
  /** The same texts by both rules of extraction; null where a prediction was judged by one only. */
  byMode: Record<ExtractMode, Share> | null;
}

/** What `aft assess --json` prints of predictions. Shares in [0, 1]. */
export interface PredictionsAssessment extends Answers {
  /** Mean of the tasks' accuracies, its interval put together from theirs; null for fewer than two tasks. */
  macroAccuracy: { value: number; tasks: number; interval: Interval | null } | null;
  /** Each task apart, in the order of the file; empty where the predictions name none. */
  tasks: ({ task: string } & Answers)[];
}

/** @throws inputError naming the rows: a question that comes twice, or a row without a task where others have one. */
export function checkPredictions(rows: readonly Row<Prediction>[]): Prediction[] {
  const seen = new Set<string>();
  const someNamed = rows.some(({ value }) => value.task !== undefined);
  const problems = rows.flatMap(({ value: { questionId, task }, where }): Problem[] => {
    const key = JSON.stringify([task, questionId]);
    const twice = seen.size === seen.add(key).size;
    return [
      ...(twice
        ? [
            {
              what: "field questionId: a second prediction for this question",
              where,
              found: questionId,
              expected: "each question once: the interval takes predictions for independent",
            },
          ]
        : []),
      ...(someNamed && task === undefined
        ? [{ what: "missing field task: other rows name theirs", where, expected: "the task's name" }]
        : []),
    ];
  });
  if (problems.length > 0) throw inputError(problems.slice(0, 20));
  return rows.map(({ value }) => value);
}

export function assessPredictions(predictions: readonly Prediction[]): PredictionsAssessment {
  const byTask = new Map<string, Prediction[]>();
  for (const prediction of predictions) {
    if (prediction.task === undefined) continue;
    const ofTask = byTask.get(prediction.task) ?? [];
    byTask.set(prediction.task, ofTask);
    ofTask.push(prediction);
  }
  const { predictions: count, accuracy, ...rest } = answersOf(predictions);
  return {
    predictions: count,
    accuracy,
    macroAccuracy: macroAccuracy([...byTask.values()]),
    ...rest,
    tasks: [...byTask].map(([task, ofTask]) => ({ task, ...answersOf(ofTask) })),
  };
}

function answersOf(predictions: readonly Prediction[]): Answers {
  const modes = predictions.flatMap(({ byMode }) => byMode ?? []);
  const { right, wrong, unparsed, ambiguous } = outcomesOf(predictions);
  const areJudgedByBoth = modes.length > 0 && modes.length === predictions.length;
  return {
    predictions: predictions.length,
    accuracy: shareOf(predictions),
    noAnswer: predictions.length - right - wrong,
    unparsed,
    ambiguous,
    cutOff: predictions.filter(({ finish }) => finish === "length").length,
    byMode: areJudgedByBoth
      ? (Object.fromEntries(
          extractModes.map((mode) => [mode, shareOf(modes.map((judged) => judged[mode]))]),
        ) as Record<ExtractMode, Share>)
      : null,
  };
}

function shareOf(judged: readonly { correct: boolean }[]): Share {
  const n = judged.length;
  const right = judged.filter(({ correct }) => correct).length;
  return { value: n === 0 ? null : right / n, correct: right, n, interval: wilsonInterval(right, n) };
}

function macroAccuracy(tasks: readonly Prediction[][]): PredictionsAssessment["macroAccuracy"] {
  if (tasks.length < 2) return null;
  const parts = tasks.map(shareOf).map(({ value, interval }) => ({ value: value!, interval: interval! }));
  return {
    value: parts.reduce((sum, { value }) => sum + value, 0) / tasks.length,
    tasks: tasks.length,
    interval: meanInterval(parts),
  };
}

/** Predictions' numbers as lines for a terminal, each with its count; below them each task, where there are several. */
export function describePredictions(assessment: PredictionsAssessment): string {
  const { predictions, accuracy, macroAccuracy, noAnswer, unparsed, ambiguous, cutOff, byMode, tasks } =
    assessment;
  const share = ({ value, n, interval }: Share): string =>
    `${percent(value)} % of ${whole(n)} ${range(interval, percent)}`.trimEnd();
  const part = (count: number): string =>
    `${whole(count)} (${percent(predictions === 0 ? null : count / predictions)} %)`;
  const rows: [name: string, text: string | null][] = [
    ["predictions", `${whole(predictions)}${tasks.length > 1 ? ` of ${plural(tasks.length, "task")}` : ""}`],
    ["accuracy", share(accuracy)],
    ["macro", macroText(macroAccuracy)],
    ["without an answer", `${part(noAnswer)}, counted as wrong`],
    ["  unparsed", unparsed === 0 ? null : `${part(unparsed)} state one that the rule does not understand`],
    ["  ambiguous", ambiguous === 0 ? null : `${part(ambiguous)} state several`],
    ["cut off", `${part(cutOff)} at the length limit`],
    ["strict rule", byMode && share(byMode.strict)],
    ["flexible rule", byMode && share(byMode.flexible)],
  ];
  const lines = rows.flatMap(([name, text]) => (text === null ? [] : `${name.padEnd(20)} ${text}`));
  return [...lines, ...(tasks.length > 1 ? ["", taskTable(tasks)] : [])].join("\n");
}

const macroText = (macro: PredictionsAssessment["macroAccuracy"]): string | null =>
  macro &&
  `${`${percent(macro.value)} % ${range(macro.interval, percent)}`.trimEnd()}, the mean of ${macro.tasks} tasks`;

function taskTable(tasks: PredictionsAssessment["tasks"]): string {
  const modes = tasks.some(({ byMode }) => byMode !== null);
  const head = ["task", "n", "% right", "", ...(modes ? ["strict", "flexible"] : []), "no answer", "cut off"];
  const row = ({ task, accuracy, byMode, noAnswer, cutOff }: { task: string } & Answers): string[] => [
    task,
    whole(accuracy.n),
    percent(accuracy.value),
    range(accuracy.interval, percent),
    ...(modes ? [percent(byMode?.strict.value), percent(byMode?.flexible.value)] : []),
    whole(noAnswer),
    whole(cutOff),
  ];
  return columns(head, tasks.map(row));
}
