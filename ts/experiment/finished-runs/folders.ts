/** The folders of runs below the folder of all, and the artefacts that each refers to. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { artefactsFolder } from "../../config/index.ts";
import { inputError, systemCode } from "../../core/errors.ts";
import { runFiles } from "../run/files.ts";
import { type RunRecord, readRunRecord } from "../run/run-record.ts";
import { type Started, startedFile } from "../run/started.ts";

export interface RunFolder {
  /** Relative to the folder of runs. */
  name: string;
  directory: string;
  /** Of the run that ended last, and of the one that was begun last. */
  record?: RunRecord | undefined;
  started?: Started | undefined;
  /** Why what it refers to cannot be read. */
  problem?: unknown;
}

/** Of finished runs, and with `begun` of those that were only begun. Runs lie in the folder itself, those of a sweep one deeper. */
export async function runNames(runsDirectory: string, { begun = false } = {}): Promise<string[]> {
  const names: string[] = [];
  const marks = [runFiles.record, ...(begun ? [runFiles.started] : [])];
  const isRun = (name: string): boolean => marks.some((mark) => existsSync(join(runsDirectory, name, mark)));
  for (const name of await foldersIn(runsDirectory)) {
    if (name === artefactsFolder) continue;
    if (isRun(name)) names.push(name);
    for (const cell of await foldersIn(join(runsDirectory, name)))
      if (isRun(join(name, cell))) names.push(join(name, cell));
  }
  return names;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const code = systemCode(error);
    throw inputError(
      {
        what: code === "ENOENT" ? "no such folder" : `cannot be read (${code})`,
        where: folder,
        expected: "a folder of runs, as `aft run --runs DIR` fills it",
      },
      { cause: error },
    );
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
}

/** The folders that processes work in: those of runs and of sweeps. */
export async function workFolders(runsDirectory: string): Promise<string[]> {
  const runs = await runNames(runsDirectory, { begun: true });
  const sweeps = (await foldersIn(runsDirectory)).filter((name) =>
    existsSync(join(runsDirectory, name, runFiles.sweep)),
  );
  return [...new Set([...runs, ...sweeps])].map((name) => join(resolve(runsDirectory), name));
}

export async function runFolders(runsDirectory: string): Promise<RunFolder[]> {
  const names = await runNames(runsDirectory, { begun: true });
  return Promise.all(names.map((name) => readRunFolder(join(resolve(runsDirectory), name), name)));
}

export async function readRunFolder(directory: string, name: string): Promise<RunFolder> {
  try {
    const isFinished = existsSync(join(directory, runFiles.record));
    const [record, started] = await Promise.all([
      isFinished ? readRunRecord(directory) : undefined,
      startedFile.read({ directory }),
    ]);
    return { name, directory, record, started };
  } catch (problem) {
    return { name, directory, problem };
  }
}

/** The folders of all artefacts that it refers to: those of its report, and those of a run that goes on. */
export const artefactsOf = ({ directory, record, started }: RunFolder): Set<string> =>
  new Set(
    [...(record?.stages ?? []), ...(started?.stages ?? [])].map(({ artefact }) =>
      resolve(directory, artefact),
    ),
  );
