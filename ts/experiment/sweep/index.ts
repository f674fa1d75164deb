/** Sweeps: many experiments from one file. */
export { checkCells } from "./cells.ts";
export { dryRunSweep, type PlannedCellStages } from "./dry-run.ts";
export { isSweepFolder, type SweepReport, writeSweepReport } from "./report.ts";
export { readSweepResults } from "./results.ts";
export { type CellRun, runSweep, type SweepOptions, type SweepRun } from "./run.ts";
export type { CellState, Overview, SweepWatch } from "./state.ts";
