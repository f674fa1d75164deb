/** Sweeps: many experiments from one file. */
export { checkCells, dryRunSweep, type PlannedCellStages } from "./plan.ts";
export { writeSweepReport } from "./report.ts";
export { isSweepFolder, readSweepResults } from "./results.ts";
export { runSweep, type SweepRun } from "./run.ts";
export type { RunningCell, SweepOverview, SweepProgress } from "./state.ts";
