/** What a sweep's cells come to: sweep.json, the comparison with the best cell, the report and the terminal's table. */
export { againstBest } from "./against-best.ts";
export type { SweepData } from "./numbers.ts";
export { renderSweep } from "./report.ts";
export {
  bestOf,
  type CellResult,
  type CellStatus,
  cellMethod,
  type SweepResults,
  sweepResultsSchema,
} from "./results.ts";
export { renderSweepTable } from "./table.ts";
