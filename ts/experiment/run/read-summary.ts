import { type RunSummary, runSummarySchema } from "../../analysis/index.ts";
import { inputError } from "../../core/errors.ts";
import { JsonFile } from "../store/files.ts";
import { runFiles } from "./files.ts";

const summaryFile = new JsonFile<RunSummary>(runFiles.summary, runSummarySchema, { seal: "checksum" });

export const writeSummary = (runDirectory: string, summary: RunSummary): Promise<void> =>
  summaryFile.write({ directory: runDirectory }, summary, 2);

/** A run's report.json; undefined where it is not there, damaged, or of another version. */
export const readSummary = (runDirectory: string): Promise<RunSummary | undefined> =>
  summaryFile.find({ directory: runDirectory });

/** @param problem what to say where there is none that can be read */
export async function summaryOf(
  runDirectory: string,
  problem: { what: string; fix: string },
): Promise<RunSummary> {
  const summary = await readSummary(runDirectory);
  if (summary === undefined)
    throw inputError({ ...problem, where: summaryFile.pathIn({ directory: runDirectory }) });
  return summary;
}
