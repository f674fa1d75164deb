import type { Answers, PredictionsAssessment, Share } from "../assess/predictions.ts";
import { columns } from "../document/columns.ts";
import { percent, plural, range, whole } from "./format.ts";

const asPercent = (value: number): string => percent(value);

/** Predictions' numbers as lines for a terminal, each with its count; below them each task, where there are several. */
export function describePredictions(assessment: PredictionsAssessment): string {
  const { predictions, accuracy, macroAccuracy, noAnswer, cutOff, byMode, tasks } = assessment;
  const share = ({ value, n, interval }: Share): string =>
    `${percent(value)} % of ${whole(n)} ${range(interval, asPercent)}`.trimEnd();
  const part = (count: number): string =>
    `${whole(count)} (${percent(predictions === 0 ? null : count / predictions)} %)`;
  const rows: [string, string][] = [
    ["predictions", `${whole(predictions)}${tasks.length > 1 ? ` of ${plural(tasks.length, "task")}` : ""}`],
    ["accuracy", share(accuracy)],
    ...(macroAccuracy === null
      ? []
      : [
          [
            "macro",
            `${percent(macroAccuracy.value)} % ${range(macroAccuracy.interval, asPercent)}`.trimEnd() +
              `, the mean of ${macroAccuracy.tasks} tasks`,
          ] as [string, string],
        ]),
    ["without an answer", `${part(noAnswer)}, counted as wrong`],
    ["cut off", `${part(cutOff)} at the length limit`],
    ...(byMode === null
      ? []
      : ([
          ["strict rule", share(byMode.strict)],
          ["flexible rule", share(byMode.flexible)],
        ] as [string, string][])),
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(20)} ${text}`);
  return [...lines, ...(tasks.length > 1 ? ["", taskTable(tasks)] : [])].join("\n");
}

function taskTable(tasks: PredictionsAssessment["tasks"]): string {
  const modes = tasks.some(({ byMode }) => byMode !== null);
  const head = ["task", "n", "% right", "", ...(modes ? ["strict", "flexible"] : []), "no answer", "cut off"];
  const row = ({ task, accuracy, byMode, noAnswer, cutOff }: { task: string } & Answers): string[] => [
    task,
    whole(accuracy.n),
    percent(accuracy.value),
    range(accuracy.interval, asPercent),
    ...(modes ? [percent(byMode?.strict.value), percent(byMode?.flexible.value)] : []),
    whole(noAnswer),
    whole(cutOff),
  ];
  return columns(head, tasks.map(row));
}
