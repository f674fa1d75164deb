import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunSummary } from "../../analysis/index.ts";
import { readSummary } from "../run/read-summary.ts";
import { readRunRecord } from "../run/run-record.ts";
import type { PlannedCell } from "./plan.ts";

/**
 * A cell's numbers where all of it is done: the report of these very settings, made from the artefacts that the plan
 * names, all of them there. Else undefined.
 */
export async function finishedSummary(
  { directory, stages, yaml }: PlannedCell,
  there: ReadonlySet<string>,
): Promise<RunSummary | undefined> {
  if (stages.some(({ key }) => !there.has(key)) || !existsSync(join(directory, "report.html")))
    return undefined;
  const record = await readRunRecord(directory).catch(() => undefined);
  if (record?.configYaml !== yaml) return undefined;
  const reported = new Set(record.stages.map(({ artefact }) => resolve(directory, artefact)));
  if (stages.some((stage) => !reported.has(resolve(stage.directory)))) return undefined;
  return readSummary(directory);
}
