import { openAppend, readJsonl, writeJsonl } from "../../core/jsonl.ts";
import { type StepRecord, stepRecord } from "./step-record.ts";

/** metrics.jsonl of a run that begins or goes on. */
export interface MetricsLog {
  /** The steps up to the saved state, as an earlier process recorded them. */
  kept: readonly StepRecord[];
  append(record: StepRecord): Promise<void>;
  /** Puts a record in the place of the last kept one; before the first append. */
  replaceLast(record: StepRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens metrics.jsonl, less the steps after the saved state: those are done again. */
export async function openMetricsLog(file: string, stepsBefore: number): Promise<MetricsLog> {
  // Opening cuts off a line that a crash tore.
  await (await openAppend(file)).close();
  const kept = (await readJsonl(file, stepRecord)).filter(({ step }) => step <= stepsBefore);
  await writeJsonl(file, kept);
  let output = await openAppend<StepRecord>(file);
  return {
    kept,
    append: (record) => output.append([record]),
    async replaceLast(record) {
      await output.close();
      await writeJsonl(file, [...kept.slice(0, -1), record]);
      output = await openAppend(file);
    },
    close: () => output.close(),
  };
}
