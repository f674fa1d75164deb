/** Sweeps: many experiments from one file. */

export { dryRunSweep, type PlannedCellStages } from "./dry-run.ts";
export { checkCells } from "./plan.ts";
export type { CellState, Overview, SweepWatch } from "./progress.ts";
export { isSweepFolder, type SweepReport, writeSweepReport } from "./report.ts";
export { readSweepResults } from "./results.ts";
export { type CellRun, runSweep, type SweepOptions, type SweepRun } from "./run.ts";
