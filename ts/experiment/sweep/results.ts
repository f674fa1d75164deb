/** What the cells have come to: `sweep.json`, made, written and read. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  bestOf,
  type CellResult,
  cellMethod,
  type RunSummary,
  type SweepResults,
  sweepResultsSchema,
} from "../../analysis/index.ts";
import { aboutKey, type LoadedSweep } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { AftError, inputError, show } from "../../core/errors.ts";
import { runFiles } from "../run/files.ts";
import { readSummary } from "../run/read-summary.ts";
import { readRunRecord } from "../run/run-record.ts";
import { JsonFile } from "../store/files.ts";
import type { PlannedCell } from "./plan.ts";

/** What a cell has come to. */
export interface Outcome {
  summary?: RunSummary;
  error?: string;
}

/**
 * A cell's numbers where all of it is done: the report of these very settings, made from the artefacts that the plan
 * names, all of them there. Else undefined.
 */
export async function finishedSummary(
  { directory, stages, yaml }: PlannedCell,
  there: ReadonlySet<string>,
): Promise<RunSummary | undefined> {
  if (stages.some(({ key }) => !there.has(key)) || !existsSync(join(directory, runFiles.page)))
    return undefined;
  const record = await readRunRecord(directory).catch(() => undefined);
  if (record?.configYaml !== yaml) return undefined;
  const reported = new Set(record.stages.map(({ artefact }) => resolve(directory, artefact)));
  if (stages.some((stage) => !reported.has(resolve(stage.directory)))) return undefined;
  return readSummary(directory);
}

export function sweepResults(
  { name, description, keys, best }: LoadedSweep,
  planned: readonly PlannedCell[],
  outcomes: ReadonlyMap<string, Outcome>,
): SweepResults {
  const cells = planned.map((cell) => cellResult(cell, outcomes.get(cell.cell) ?? {}));
  return {
    schemaVersion: 1,
    name,
    description,
    writtenAt: new Date().toISOString(),
    keys,
    about: defined(Object.fromEntries(keys.map((key) => [key, aboutKey(key)]))) as Record<string, string>,
    best: bestOf(cells, best),
    compared: false,
    cells,
  };
}

const cellResult = (
  { cell, settings, experiment }: PlannedCell,
  { summary, error }: Outcome,
): CellResult => ({
  cell,
  settings,
  status: summary !== undefined ? "done" : error !== undefined ? "failed" : "waiting",
  run: cell,
  ...defined({ error }),
  seeds: experiment.seeds,
  split: experiment.stages.evaluate.split,
  methods: (summary?.methods ?? []).map(cellMethod),
});

const resultsFile = new JsonFile(runFiles.sweep, sweepResultsSchema, { seal: "checksum" });

export const isSweepFolder = (directory: string): boolean => resultsFile.isIn({ directory });

export const writeSweepResults = (directory: string, results: SweepResults): Promise<void> =>
  resultsFile.write({ directory }, results, 2);

export async function readSweepResults(directory: string): Promise<SweepResults> {
  const results = await resultsFile.find({ directory });
  if (results !== undefined) return results;
  if (!isSweepFolder(directory))
    throw inputError({
      what: "not the folder of a sweep: it has no sweep.json",
      where: directory,
      expected: "a folder that `aft run` wrote for a file with `sweep`",
    });
  throw inputError({
    what: "sweep.json is damaged or was written by another version",
    where: resultsFile.pathIn({ directory }),
    fix: "run the sweep's file again: only what is missing is made",
  });
}

/** For the list of cells that failed: what is wrong, where, and what was found there. */
export function errorInOneLine(error: unknown): string {
  const firstLine = (text: string): string => text.split("\n", 1)[0]!;
  if (!(error instanceof AftError)) return `a bug in aft: ${firstLine(String(error))}`;
  const [first, ...rest] = error.problems;
  const { what, where, found } = first!;
  const text = firstLine(where === undefined ? what : `${where}: ${what}`);
  return [
    text,
    found === undefined ? "" : ` (found: ${show(found)})`,
    rest.length === 0 ? "" : ` (and ${rest.length} more)`,
  ].join("");
}
