/** The finished runs below a folder, those of sweeps too. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { RunSummary } from "../../analysis/index.ts";
import { inputError, messageOf, nearestName } from "../../core/errors.ts";
import { runFiles } from "../run/files.ts";
import { readSummary } from "../run/read-summary.ts";
import { readRunRecord } from "../run/run-record.ts";
import { runNames } from "./folders.ts";

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

/** The folder of a finished run, or with `begun` of any, that is given by its folder or by its name. */
export async function findRun(run: string, runsDirectory: string, { begun = false } = {}): Promise<string> {
  const marks = [runFiles.record, ...(begun ? [runFiles.started] : [])];
  for (const folder of [resolve(run), join(resolve(runsDirectory), run)])
    if (marks.some((mark) => existsSync(join(folder, mark)))) return folder;
  const names = existsSync(runsDirectory) ? await runNames(runsDirectory, { begun }) : [];
  throw inputError({
    what: `no ${begun ? "" : "finished "}run of this name, and no folder of one`,
    where: run,
    expected: `a folder with a ${marks.join(" or a ")}, or a name that \`aft runs ${begun ? "show" : "list"} --runs ${runsDirectory}\` shows`,
    // A cell may be named without its sweep.
    nearest: names.find((name) => basename(name) === run) ?? nearestName(run, names),
  });
}
