import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunSummary, runSummarySchema } from "../../analysis/index.ts";
import { inputError } from "../../core/errors.ts";
import { runFiles } from "./files.ts";

const summaryFile = (runDirectory: string): string => join(runDirectory, runFiles.summary);

/** A run's report.json; undefined where it is not there, damaged, or of another version. */
export async function readSummary(runDirectory: string): Promise<RunSummary | undefined> {
  try {
    return runSummarySchema.safeParse(JSON.parse(await readFile(summaryFile(runDirectory), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** @param problem what to say where there is none that can be read */
export async function summaryOf(
  runDirectory: string,
  problem: { what: string; fix: string },
): Promise<RunSummary> {
  const summary = await readSummary(runDirectory);
  if (summary === undefined) throw inputError({ ...problem, where: summaryFile(runDirectory) });
  return summary;
}
