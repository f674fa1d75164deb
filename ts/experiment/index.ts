/** Running experiments. The one way into `experiment`. */
export { checkInputs } from "./check-inputs.ts";
export { checkpointIn } from "./context.ts";
export {
  type Estimate,
  estimate,
  estimateSweep,
  estimateTable,
  type SweepEstimate,
  sweepEstimateTable,
} from "./estimate/index.ts";
export { type ExportFormat, exportFormats, exportRun } from "./export/export-run.ts";
export { type ComparedRuns, compareFinishedRuns, type Difference } from "./finished-runs/compare.ts";
export { findRun, type ListedRun, listRuns } from "./finished-runs/list.ts";
export { readSummary } from "./read-summary.ts";
export { type Report, writeReport } from "./report.ts";
export { loadRunData } from "./results.ts";
export { dryRun, type PlannedStage, type RunResult, runExperiment } from "./run.ts";
export { type RunRecord, readRunRecord } from "./run-record.ts";
export { samplePrompts } from "./sampling.ts";
export { scoreFile } from "./score-file.ts";
export { scoreAll } from "./scoring.ts";
export { readSplit, type SplitName, splitNames } from "./stages/questions.ts";
export {
  type CellRun,
  type CellState,
  checkCells,
  dryRunSweep,
  isSweepFolder,
  type Overview,
  type PlannedCellStages,
  readSweepResults,
  runSweep,
  type SweepRun,
  type SweepWatch,
  writeSweepReport,
} from "./sweep/index.ts";
