import { join } from "node:path";
import type { LoadedSweep } from "../config/index.ts";
import { defined } from "../core/defined.ts";
import { wholeDuration } from "../core/duration.ts";
import { AftError } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import {
  dryRunSweep,
  type expectedSeconds,
  measureOn,
  type PlannedCellStages,
  runFiles,
  runSweep,
  type SweepEstimate,
  type SweepRun,
  sweepEstimateTable,
} from "../experiment/index.ts";
import { printJson, printLine } from "./exit.ts";
import { overviewOn } from "./overview.ts";

interface SweepValues {
  runs: string;
  json: boolean;
  jobs: number;
}

/** `aft run` of a file with `sweep`: all its cells, then the table; one error for all that failed. */
export async function runSweepFile(
  sweep: LoadedSweep,
  { runs, json, jobs }: SweepValues,
  { signal, expected }: { signal: AbortSignal; expected: ReturnType<typeof expectedSeconds> | undefined },
): Promise<void> {
  const started = performance.now();
  const options = { runsDirectory: runs, jobs, signal };
  const run = await runSweep(sweep, {
    ...options,
    progress: overviewOn(),
    expected,
    measure: measureOn(options),
  });
  if (json) printJson({ sweep: sweep.name, run: run.directory, best: run.results.best, cells: run.cells });
  else printEnd(run, (performance.now() - started) / 1000);
  const failed = run.cells.filter(({ error }) => error !== undefined);
  if (failed.length > 0)
    throw new AftError(failed.map(({ cell, error }) => ({ what: `cell ${cell} failed: ${error}` })));
}

function printEnd({ directory, table, html, cells, reused }: SweepRun, seconds: number): void {
  printLine(`\n${table}\n`);
  const done = cells.filter(({ status }) => status === "done").length;
  const failed = cells.filter(({ status }) => status === "failed").length;
  printLine(
    reused === cells.length
      ? `nothing to do: all ${reused} cells were done before`
      : `${done - reused} cells done in ${wholeDuration(seconds)}, ${reused} done before${failed === 0 ? "" : `, ${failed} failed: the same command tries them again`}`,
  );
  printLine(`report: ${shownPath(html)}; each cell's: ${shownPath(join(directory, "CELL", runFiles.page))}`);
}

export async function dryRunSweepFile(
  sweep: LoadedSweep,
  { runs, json }: SweepValues,
  cost: SweepEstimate | undefined,
): Promise<void> {
  const cells = await dryRunSweep(sweep, runs);
  if (json) return printJson({ sweep: sweep.name, cells, ...defined({ estimate: cost }) });
  for (const line of cells.flatMap(linesOf)) printLine(line);
  if (cost !== undefined) printLine(`\n${sweepEstimateTable(cost)}`);
}

function linesOf({ cell, stages }: PlannedCellStages): string[] {
  const made = stages.filter(({ done }) => done).length;
  return [
    `${cell}: ${made} of ${stages.length} stages are there`,
    ...stages.map(({ label, done, artefact, madeBy }) => {
      const state = done ? "done  " : madeBy === undefined ? "to do " : "shared";
      return `  ${state}  ${label}  ${madeBy === undefined ? artefact : `(made by ${madeBy})`}`;
    }),
  ];
}
