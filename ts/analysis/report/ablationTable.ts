import { columns } from "../document/columns.ts";
import { type AblationRow, ablationOf } from "../features/ablation/numbers.ts";
import { significant } from "../measure/paired-tests.ts";
import { decimal, points, range } from "./format.ts";
import { constraints } from "./roles.ts";
import type { MethodSummary, RunSummary } from "./schema.ts";

/** Losses by constraints for a terminal; empty where the run has no such comparison. */
export function ablationTable(summary: RunSummary): string[] {
  const rows = ablationOf(summary);
  if (rows === null) return [];
  return [
    "Is the constraint what matters? Greedy accuracy minus continued VFT, points; perplexity of right COTs",
    columns(["Loss", "none", "", "", "detached", "", "", "boundary", "", ""], rows.flatMap(lines)),
    "",
  ];
}

/** A method that shares its cell with others (other settings of the same) has a line of its own, with its name. */
function lines({ family, cells }: AblationRow): string[][] {
  const shared = constraints.flatMap((at) => (cells[at].length > 1 ? cells[at] : []));
  return [
    [family, ...constraints.flatMap((at) => (cells[at].length === 1 ? numbers(cells[at][0]!) : none))],
    ...shared.map((method) => [
      `  ${method.label}`,
      ...constraints.flatMap((at) => (cells[at].includes(method) ? numbers(method) : none)),
    ]),
  ];
}

const none = ["", "", ""];

function numbers({ comparisons, metrics }: MethodSummary): string[] {
  const accuracy = comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
  if (accuracy === undefined) return none;
  const mark = significant(accuracy) ? "*" : " ";
  return [
    `${points(accuracy.value)}${mark}`,
    range(accuracy.interval, points),
    decimal(metrics.perplexityPositive.value),
  ];
}
