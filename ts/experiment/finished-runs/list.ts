/** The finished runs below a folder, those of sweeps too. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { RunSummary } from "../../analysis/index.ts";
import { inputError, messageOf, nearestName, systemCode } from "../../core/errors.ts";
import { runFiles } from "../run/files.ts";
import { readSummary } from "../run/read-summary.ts";
import { readRunRecord } from "../run/run-record.ts";
import { artefactsFolder } from "../run/runner.ts";

export interface ListedRun {
  /** Its folder, relative to the folder of runs. */
  name: string;
  finishedAt: string;
  methods: string[];
  seeds: number[];
  /** The highest greedy accuracy, with whose it is; null where nothing was decoded greedily, or there is no report. */
  best: { method: string; value: number; interval: { low: number; high: number } | null; n: number } | null;
  /** Why it cannot be read, where it cannot; nothing else is known then. */
  problem?: string;
}

export async function listRuns(runsDirectory: string): Promise<ListedRun[]> {
  const names = await runNames(runsDirectory);
  return Promise.all(names.map((name) => describeRun(join(runsDirectory, name), name)));
}

/** Runs lie in the folder itself, and those of a sweep one deeper. */
async function runNames(runsDirectory: string): Promise<string[]> {
  const names: string[] = [];
  const isRun = (name: string): boolean => existsSync(join(runsDirectory, name, runFiles.record));
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

async function describeRun(directory: string, name: string): Promise<ListedRun> {
  try {
    const record = await readRunRecord(directory);
    return {
      name,
      finishedAt: record.finishedAt,
      methods: record.methods.map((method) => method.name),
      seeds: record.seeds.map(({ seed }) => seed),
      best: bestOf(await readSummary(directory)),
    };
  } catch (error) {
    const problem = messageOf(error).split("\n", 1)[0]!;
    return { name, finishedAt: "", methods: [], seeds: [], best: null, problem };
  }
}

function bestOf(summary: RunSummary | undefined): ListedRun["best"] {
  const rows = (summary?.methods ?? []).flatMap(({ label, metrics: { accuracy } }) =>
    accuracy.value === null
      ? []
      : [{ method: label, value: accuracy.value, interval: accuracy.interval, n: accuracy.perSeed[0]!.n }],
  );
  return rows.length === 0 ? null : rows.reduce((best, row) => (row.value > best.value ? row : best));
}

/** The folder of a finished run that is given by its folder or by its name. */
export async function findRun(run: string, runsDirectory: string): Promise<string> {
  for (const folder of [resolve(run), join(resolve(runsDirectory), run)])
    if (existsSync(join(folder, runFiles.record))) return folder;
  const names = existsSync(runsDirectory) ? await runNames(runsDirectory) : [];
  throw inputError({
    what: "no finished run of this name, and no folder of one",
    where: run,
    expected: `a folder with a run.json, or a name that \`aft runs list --runs ${runsDirectory}\` shows`,
    nearest: nearestName(run, names),
  });
}
