import { columns } from "../document/columns.ts";
import { percent, points, range } from "../format.ts";
import { measureNamed } from "./measures.ts";
import type { CellResult, SweepResults } from "./results.ts";

/** The sweep's numbers for a terminal: each cell with a line a method. */
export function renderSweepTable(results: SweepResults): string {
  const table = columns(
    ["Cell, method", "greedy %", "", "vs continued VFT", "", "sampled", "assessing %", "", "n"],
    results.cells.flatMap(rowsOf),
  );
  return [table, "", ...notes(results)].join("\n");
}

function rowsOf({ cell, status, methods }: CellResult): string[][] {
  const head = [status === "done" ? cell : `${cell}: ${status === "failed" ? "failed" : "not done"}`];
  return [
    [...head, ...Array<string>(8).fill("")],
    ...methods.map(({ label, metrics, againstContinued }) => {
      const { accuracy, sampledAccuracy, assessmentMicro } = metrics;
      const difference = againstContinued?.accuracy;
      return [
        `  ${label}`,
        percent(accuracy?.value),
        range(accuracy?.interval ?? null, (value) => percent(value)),
        difference === undefined ? "" : points(difference.value),
        range(difference?.interval ?? null, points),
        percent(sampledAccuracy?.value),
        percent(assessmentMicro?.value),
        range(assessmentMicro?.interval ?? null, (value) => percent(value)),
        String(accuracy?.n ?? ""),
      ];
    }),
  ];
}

function notes({ best, cells }: SweepResults): string[] {
  const lines = [
    "n: questions (of each seed). [low, high]: 95 % interval; against continued VFT of the same cell: paired, for all methods of the cell together.",
  ];
  if (best === null) return lines;
  const value = `${percent(best.value)} % ${range(best.interval, (end) => percent(end))}`.trim();
  lines.push(
    `best ${measureNamed(best.metric).words}: ${best.cell}, ${best.label}: ${value}, n = ${best.n}; the highest of ${best.among} rows, to which chance adds.`,
  );
  if (cells.some(({ split }) => split === "test"))
    lines.push("measured on the test split: to choose settings, use stages.evaluate.split: validation.");
  return lines;
}
