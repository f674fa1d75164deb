import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SweepResults } from "../analysis/index.ts";
import { defined } from "../core/defined.ts";
import { messageOf } from "../core/errors.ts";
import { holderInWords } from "../core/lock.ts";
import { readSweepResults, runFiles } from "../experiment/index.ts";

export interface WatchedSweep {
  name: string;
  /** The process that works on it. */
  process?: string;
  hasReport: boolean;
  /** Undefined before its first cell has ended, or where it cannot be read. */
  results?: SweepResults;
  problem?: string;
}

/** The sweeps that these runs are cells of. */
export const sweepsOf = (names: readonly string[]): string[] => [
  ...new Set(names.flatMap((name) => (name.includes("/") ? [name.slice(0, name.indexOf("/"))] : []))),
];

export async function readSweep(runsDirectory: string, name: string): Promise<WatchedSweep> {
  const directory = join(runsDirectory, name);
  const process = await holderInWords(join(directory, runFiles.lock));
  const found: Pick<WatchedSweep, "results" | "problem"> = {};
  if (existsSync(join(directory, runFiles.sweep)))
    try {
      found.results = await readSweepResults(directory);
    } catch (error) {
      found.problem = messageOf(error).split("\n", 1)[0]!;
    }
  return { name, hasReport: existsSync(join(directory, runFiles.page)), ...found, ...defined({ process }) };
}
