import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { inputError, nearestName } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import { projectRoot } from "../core/project.ts";

/**
 * The folder that holds the runs, where none is named: `AFT_RUNS`; else the nearest folder `runs` in the working
 * folder or above it; else the place where the first run would make one.
 */
export function runsFolder(named?: string): string {
  const given = named ?? process.env.AFT_RUNS;
  if (given !== undefined && given !== "") return resolve(given);
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "runs"))) return join(folder, "runs");
    if (folder === dirname(folder)) break;
  }
  return join(`${here}${sep}`.startsWith(`${projectRoot}${sep}`) ? projectRoot : here, "runs");
}

const hasRecord = (folder: string): boolean => existsSync(join(folder, "run.json"));

/** The names of the finished runs in a folder, in alphabetical order. */
export async function listRuns(runs?: string): Promise<string[]> {
  const folder = runsFolder(runs);
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => hasRecord(join(folder, name))).sort();
}

/** A run's folder, from its path or its name. An unknown name is an input error that lists those there are. */
export async function runDirectory(run: string, runs?: string): Promise<string> {
  if (basename(run) !== run || hasRecord(run)) return resolve(run);
  const folder = runsFolder(runs);
  if (hasRecord(join(folder, run))) return join(folder, run);
  const names = await listRuns(folder);
  throw inputError({
    what: "there is no finished run of this name",
    where: shownPath(folder),
    found: run,
    expected: names.length === 0 ? undefined : `one of ${names.join(", ")}`,
    nearest: nearestName(run, names),
    fix: "run its experiment first: aft run EXPERIMENT.yaml; runs elsewhere are found by { runs: FOLDER } or AFT_RUNS",
  });
}
