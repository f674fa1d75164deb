import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunSummary, runSummarySchema } from "../../analysis/index.ts";

export const summaryFile = (runDirectory: string): string => join(runDirectory, "report.json");

/** A run's report.json; undefined where it is not there, damaged, or of another version. */
export async function readSummary(runDirectory: string): Promise<RunSummary | undefined> {
  try {
    return runSummarySchema.safeParse(JSON.parse(await readFile(summaryFile(runDirectory), "utf8"))).data;
  } catch {
    return undefined;
  }
}
