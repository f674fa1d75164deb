/** What the cells have come to: `sweep.json`, made, written and read. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
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
import { writeFileAtomic } from "../../core/files.ts";
import { runFiles } from "../run/files.ts";
import { readSummary } from "../run/read-summary.ts";
import { readRunRecord } from "../run/run-record.ts";
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

const fileIn = (directory: string): string => join(directory, runFiles.sweep);

export const isSweepFolder = (directory: string): boolean => existsSync(fileIn(directory));

export const writeSweepResults = (directory: string, results: SweepResults): Promise<void> =>
  writeFileAtomic(fileIn(directory), `${JSON.stringify(results, null, 2)}\n`);

export async function readSweepResults(directory: string): Promise<SweepResults> {
  const text = await readFile(fileIn(directory), "utf8").catch((cause: unknown) => {
    throw inputError(
      {
        what: "not the folder of a sweep: it has no sweep.json",
        where: directory,
        expected: `a folder that \`aft run\` wrote for a file with \`sweep\``,
      },
      { cause },
    );
  });
  try {
    return sweepResultsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw inputError(
      {
        what: "sweep.json is damaged or was written by another version",
        where: fileIn(directory),
        fix: "run the sweep's file again: only what is missing is made",
      },
      { cause },
    );
  }
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
