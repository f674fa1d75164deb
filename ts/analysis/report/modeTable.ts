import { columns } from "../document/columns.ts";
import { modeRows } from "../features/extraction/numbers.ts";
import { percent, points, range } from "./format.ts";
import type { Metric, RunSummary } from "./schema.ts";

/** Greedy accuracy by both rules of extraction for a terminal; empty where one rule only was used. */
export function modeTable(summary: RunSummary): string[] {
  const rows = modeRows(summary);
  if (rows.length === 0) return [];
  return [
    columns(
      ["Greedy, % right by rule", "strict", "", "flexible", "", "points", ""],
      rows.map(({ label, strict, flexible, difference }) => [
        label,
        ...share(strict),
        ...share(flexible),
        points(difference?.value),
        range(difference?.interval ?? null, points),
      ]),
    ),
    "",
  ];
}

const share = ({ value, interval }: Metric): string[] => [
  percent(value),
  range(interval, (one) => percent(one)),
];
