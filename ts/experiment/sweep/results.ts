/** Makes, writes and reads `sweep.json`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bestOf,
  type CellResult,
  cellMethod,
  type RunSummary,
  type SweepResults,
  sweepResultsSchema,
} from "../../analysis/index.ts";
import { aboutKey, type LoadedSweep } from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import type { PlannedCell } from "./plan.ts";

/** What a cell has come to. */
export interface Outcome {
  summary?: RunSummary;
  error?: string;
}

export function sweepResults(
  sweep: LoadedSweep,
  cells: readonly PlannedCell[],
  outcomes: ReadonlyMap<string, Outcome>,
): SweepResults {
  const results = cells.map((cell) => cellResult(cell, outcomes.get(cell.cell) ?? {}));
  return {
    schemaVersion: 1,
    name: sweep.name,
    description: sweep.description,
    writtenAt: new Date().toISOString(),
    keys: sweep.keys,
    about: Object.fromEntries(
      sweep.keys.flatMap((key) => {
        const about = aboutKey(key);
        return about === undefined ? [] : [[key, about]];
      }),
    ),
    best: bestOf(results, sweep.best),
    compared: false,
    cells: results,
  };
}

function cellResult({ cell, settings, experiment }: PlannedCell, { summary, error }: Outcome): CellResult {
  return {
    cell,
    settings,
    status: summary !== undefined ? "done" : error !== undefined ? "failed" : "waiting",
    run: cell,
    ...(error === undefined ? {} : { error }),
    seeds: experiment.seeds,
    split: experiment.stages.evaluate.split,
    methods: (summary?.methods ?? []).map(cellMethod),
  };
}

const fileIn = (directory: string): string => join(directory, "sweep.json");

export const writeSweepResults = (directory: string, results: SweepResults): Promise<void> =>
  writeFileAtomic(fileIn(directory), `${JSON.stringify(results, null, 2)}\n`);

export async function readSweepResults(directory: string): Promise<SweepResults> {
  const text = await readFile(fileIn(directory), "utf8").catch((error: unknown) => {
    throw inputError(
      {
        what: "not the folder of a sweep: it has no sweep.json",
        where: directory,
        expected: `a folder that \`aft run\` wrote for a file with \`sweep\``,
      },
      { cause: error },
    );
  });
  try {
    return sweepResultsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw inputError(
      {
        what: "sweep.json is damaged or was written by another version",
        where: fileIn(directory),
        fix: "run the sweep's file again: only what is missing is made",
      },
      { cause: error },
    );
  }
}
