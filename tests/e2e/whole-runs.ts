/** What tests of whole runs have in common: their time limits, an experiment that was run, and dry runs of it. */
import { vi } from "vitest";
import { aft, temporaryFolder } from "./aft.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** An experiment, run to its end in a folder of its own. */
export async function wholeRun(experiment: string, ...options: readonly string[]) {
  const runs = await temporaryFolder();
  return { runs, done: await aft(["run", experiment, "--runs", runs, ...options]) };
}

export const dryRun = (experiment: string, runs: string, ...options: readonly string[]) =>
  aft(["run", experiment, "--runs", runs, "--dry-run", ...options]);

/** `--set` before each. */
export const setting = (...settings: readonly string[]): string[] =>
  settings.flatMap((one) => ["--set", one]);
