import {
  type Column,
  type Content,
  details,
  heading,
  link,
  note,
  small,
  table,
  text,
} from "../../document/blocks.ts";
import type { Measured, RunSummary } from "../../generated/report.ts";
import { points, range, whole } from "../../report/format.ts";
import { metricCell, terminalCell } from "../cells.ts";
import type { Feature } from "../feature.ts";

/** Greedy accuracy by both rules of extraction: one method on one task, or on all trained ones. */
interface ByMode extends NonNullable<Measured["byMode"]> {
  label: string;
  /** Undefined for all trained tasks together. */
  task?: string | undefined;
}

const rowsOf = (methods: readonly Measured[], task?: string): ByMode[] =>
  methods.flatMap(({ label, byMode }) => (byMode === undefined ? [] : { ...byMode, label, task }));

/** By the strict and the flexible rule, side by side; nothing where one rule only was used. */
export const extraction: Feature = {
  view: ({ summary: { methods, tasks } }) => {
    const together = rowsOf(methods);
    if (together.length === 0) return null;
    const apart = tasks.length < 2 ? [] : tasks.flatMap((task) => rowsOf(task.methods, task.name));
    if ([...together, ...apart].every(({ strict, flexible }) => strict.value === flexible.value))
      return note(
        "Judged strictly (the answer in the form that the task asks for) and flexibly (whatever looks most like one), every method’s greedy accuracy is the same.",
      );
    const judged = tasks.filter(({ extract }) => extract !== undefined);
    return [
      heading("By both rules of extraction", "by-mode"),
      table({
        ...numbersOf(together),
        label: "By both rules of extraction",
        caption: text`Greedy accuracy, percent with 95 % intervals, of the same texts${apart.length > 0 && ", over all trained tasks"}. Strict: the answer in the form that the task asks for; flexible: whatever looks most like one. The patterns stand in ${link("#record", "the record")}.`,
      }),
      judged.length > 0 &&
        note(
          `The other tables go by the rule that the experiment chose: ${judged.map(({ name, extract }) => `${name} ${extract}`).join(", ")}.`,
        ),
      apart.length > 0 &&
        details(
          "The same, task by task",
          table({
            ...numbersOf(apart),
            label: "Both rules, task by task",
            caption: "Greedy accuracy by both rules on each task",
          }),
        ),
    ];
  },
};

function numbersOf(rows: readonly ByMode[]) {
  const byTask = rows.some(({ task }) => task !== undefined);
  const taskColumn: Column = { head: "task", kind: "text" };
  return {
    kind: "results" as const,
    columns: [
      "Method",
      ...(byTask ? [taskColumn] : []),
      ...["strict", "flexible", "flexible minus strict, points", "questions"],
    ],
    rows: rows.map(({ label, task, strict, flexible, difference }) => ({
      head: label,
      cells: [
        ...(byTask ? [task] : []),
        metricCell({ ...strict, overSeeds: null }),
        metricCell({ ...flexible, overSeeds: null }),
        metricCell(
          { value: difference?.value ?? null, interval: difference?.interval ?? null, overSeeds: null },
          points,
        ),
        whole(strict.perSeed[0]?.n ?? 0),
      ],
    })),
  };
}

/** For a terminal. */
export function extractionTable({ methods }: RunSummary): Content {
  const rows = rowsOf(methods);
  return (
    rows.length > 0 &&
    table({
      label: "By both rules",
      caption: "",
      columns: ["Greedy, % right by rule", "strict", "flexible", "points"],
      rows: rows.map(({ label, strict, flexible, difference }) => ({
        head: label,
        cells: [
          terminalCell(strict),
          terminalCell(flexible),
          [points(difference?.value), small(range(difference?.interval ?? null, points))],
        ],
      })),
    })
  );
}
