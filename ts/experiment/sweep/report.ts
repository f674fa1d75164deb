/** The page of a whole sweep, made of sweep.json and its cells' folders. */
import { join } from "node:path";
import {
  againstBest,
  type RunSummary,
  renderSweep,
  renderSweepTable,
  type SweepResults,
} from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import { Interrupted } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { aloneIn } from "../run/alone.ts";
import { runFiles } from "../run/files.ts";
import { summaryOf } from "../run/read-summary.ts";
import { writeMarkdown } from "../run/report.ts";
import { loadRunData } from "../run/results.ts";
import { readSweepResults, writeSweepResults } from "./results.ts";

export interface SweepReport {
  results: SweepResults;
  table: string;
  html: string;
}

const unreadable = {
  what: "a cell's report.json is not there, is damaged, or is of another version",
  fix: "aft report CELL_FOLDER writes it anew",
};

/** Writes a sweep's report anew, from sweep.json and the reports and artefacts of the cells that are done. */
export async function writeSweepReport(directory: string): Promise<SweepReport> {
  const results = await readSweepResults(directory);
  const summaries = new Map<string, RunSummary>();
  for (const { cell, status, run } of results.cells)
    if (status === "done") summaries.set(cell, await summaryOf(join(directory, run), unreadable));
  return aloneIn(directory, () => reportSweep(directory, results, summaries));
}

/**
 * Writes report.html, the same as report.md with its charts, table.txt and sweep.json with the paired differences.
 * @param before what sweep.json held: where the numbers are the same, its differences are taken over
 */
export async function reportSweep(
  directory: string,
  found: SweepResults,
  summaries: ReadonlyMap<string, RunSummary>,
  { before, signal }: { before?: SweepResults | undefined; signal?: AbortSignal } = {},
): Promise<SweepReport> {
  const isKnown = before?.compared === true && numbersOf(before) === numbersOf(found);
  const results = isKnown ? before : await compared(directory, found, signal);
  const table = renderSweepTable(results);
  const { page, markdown } = renderSweep({ results, summaries });
  const html = join(directory, runFiles.page);
  await writeSweepResults(directory, results);
  await writeFileAtomic(join(directory, runFiles.table), `${table}\n`);
  await writeMarkdown(directory, markdown);
  await writeFileAtomic(html, page);
  return { results, table, html };
}

/** With each cell's paired difference to the best one. */
async function compared(
  directory: string,
  results: SweepResults,
  signal: AbortSignal | undefined,
): Promise<SweepResults> {
  const runs = new Map(results.cells.map(({ cell, run }) => [cell, run]));
  const differences = await againstBest(results, async (cell, method) => {
    if (signal?.aborted) throw new Interrupted();
    return (await loadRunData(join(directory, runs.get(cell)!), (name) => name === method)).run;
  });
  const cells = results.cells.map(({ againstBest: _, ...cell }) => ({
    ...cell,
    ...defined({ againstBest: differences.get(cell.cell) }),
  }));
  return { ...results, compared: true, cells };
}

/** All that the comparison with the best cell follows from. */
const numbersOf = ({ writtenAt: _, compared: __, cells, ...results }: SweepResults): string =>
  canonicalJson({ ...results, cells: cells.map(({ againstBest: _, ...cell }) => cell) });
