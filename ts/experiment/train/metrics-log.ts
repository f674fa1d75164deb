import type { StepRecord } from "../step-record.ts";
import type { Place } from "../store/files.ts";
import { metricsFile } from "./files.ts";

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
export async function openMetricsLog(place: Place, stepsBefore: number): Promise<MetricsLog> {
  // Opening cuts off a line that a crash tore.
  await (await metricsFile.append(place)).close();
  const kept = (await metricsFile.read(place)).filter(({ step }) => step <= stepsBefore);
  await metricsFile.write(place, kept);
  let output = await metricsFile.append(place);
  return {
    kept,
    append: (record) => output.append([record]),
    async replaceLast(record) {
      await output.close();
      await metricsFile.write(place, [...kept.slice(0, -1), record]);
      output = await metricsFile.append(place);
    },
    close: () => output.close(),
  };
}
