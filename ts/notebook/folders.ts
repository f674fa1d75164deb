import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { inputError, nearestName } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import { projectRoot } from "../core/project.ts";
import { runFiles } from "../experiment/index.ts";

/**
 * The folder that holds the runs, where none is named: `AFT_RUNS`; else the nearest folder `runs` in the working
 * folder or above it; else the place where the first run would make one.
 */
export function runsFolder(named?: string): string {
  const given = named ?? process.env.AFT_RUNS;
  if (given !== undefined && given !== "") return resolve(given);
  const workingFolder = process.cwd();
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "runs"))) return join(folder, "runs");
    if (folder === dirname(folder)) break;
  }
  return join(isIn(projectRoot, workingFolder) ? projectRoot : workingFolder, "runs");
}

const isIn = (folder: string, path: string): boolean => `${path}${sep}`.startsWith(`${folder}${sep}`);

/** By what a finished run is known, and by what a sweep, and what a message calls them. */
const run = { record: runFiles.record, what: "finished run", fix: "run its experiment first" };
const sweep = { record: runFiles.sweep, what: "sweep", fix: "run its file first" };
type Kind = typeof run | typeof sweep;

const isKind = (folder: string, { record }: Kind): boolean => existsSync(join(folder, record));

async function namesOf(kind: Kind, runs: string | undefined): Promise<string[]> {
  const folder = runsFolder(runs);
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => isKind(join(folder, name), kind)).sort();
}

async function directoryOf(kind: Kind, named: string, runs: string | undefined): Promise<string> {
  const folder = runsFolder(runs);
  for (const directory of [resolve(named), join(folder, named)])
    if (isKind(directory, kind)) return directory;
  // A path, of which its reader says what is wrong.
  if (basename(named) !== named) return resolve(named);
  const names = await namesOf(kind, folder);
  throw inputError({
    what: `there is no ${kind.what} of this name`,
    where: shownPath(folder),
    found: named,
    expected: names.length === 0 ? undefined : `one of ${names.join(", ")}`,
    nearest: nearestName(named, names),
    fix: `${kind.fix}: aft run EXPERIMENT.yaml; runs elsewhere are found by { runs: FOLDER } or AFT_RUNS`,
  });
}

/** The names of the finished runs in a folder, in alphabetical order. */
export const listRuns = (runs?: string): Promise<string[]> => namesOf(run, runs);

/** The names of the sweeps in a folder, in alphabetical order; some of their cells may not be done. */
export const listSweeps = (runs?: string): Promise<string[]> => namesOf(sweep, runs);

/** A run's folder, from its path or its name (of a cell: `SWEEP/CELL`). An unknown name is an input error that lists those there are. */
export const runDirectory = (named: string, runs?: string): Promise<string> => directoryOf(run, named, runs);

/** The same of a sweep. */
export const sweepDirectory = (named: string, runs?: string): Promise<string> =>
  directoryOf(sweep, named, runs);
