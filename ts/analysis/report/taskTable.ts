import { columns } from "../document/columns.ts";
import { accuracyAgainst, measuredOf, type TaskColumn, taskColumns } from "../features/tasks/columns.ts";
import { significant } from "../measure/paired-tests.ts";
import { percent, points, range } from "./format.ts";
import type { RunSummary } from "./schema.ts";

const width = 108;

/** Methods by tasks for a terminal, as many tasks beside each other as fit; empty for a run of one task. */
export function taskTable(summary: RunSummary): string[] {
  const found = taskColumns(summary);
  if (found === null) return [];
  return [
    "Task by task: % right by greedy decoding, and minus continued VFT in points",
    ...parts(summary, "Trained tasks", found.trained),
    ...parts(summary, "Out of distribution", found.outOfDistribution),
    ...(summary.macro === undefined
      ? []
      : ["pooled: every question of the trained tasks counts once; macro: every task does."]),
    "*: as below, p Holm-adjusted for all methods on all of these tasks (pooled, macro: for all methods).",
    "",
  ];
}

/** The widest table that fits, then the next, each with the methods' names in front. */
function parts(summary: RunSummary, head: string, all: readonly TaskColumn[]): string[] {
  if (all.length === 0) return [];
  const lines: string[] = [];
  let first = head;
  for (let from = 0, to = 0; from < all.length; from = to) {
    to = from + 1;
    while (to < all.length && widthOf(table(summary, first, all.slice(from, to + 1))) <= width) to++;
    lines.push(table(summary, first, all.slice(from, to)), "");
    first = "(continued)";
  }
  return lines;
}

const widthOf = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

function table(summary: RunSummary, head: string, tasks: readonly TaskColumn[]): string {
  return columns(
    [head, ...tasks.flatMap(({ name, of }) => [`${name} (${of})`, "", ""])],
    summary.methods.map(({ name, label }) => [label, ...tasks.flatMap((column) => numbers(column, name))]),
  );
}

function numbers(column: TaskColumn, name: string): string[] {
  const measured = measuredOf(column, name);
  if (measured === undefined) return ["–", "", ""];
  const { value, interval } = measured.metrics.accuracy;
  const difference = accuracyAgainst(measured, "continued");
  return [
    percent(value),
    range(interval, (one) => percent(one)),
    difference === undefined ? "" : `${points(difference.value)}${significant(difference) ? "*" : " "}`,
  ];
}
