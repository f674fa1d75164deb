/** Running experiments. The one way into `experiment`. */
export { type Estimate, estimate, estimateTable } from "./estimate/index.ts";
export { type ExportFormat, exportFormats, exportRun } from "./export.ts";
export { type Report, writeReport } from "./report.ts";
export { loadRunData } from "./results.ts";
export { dryRun, type PlannedStage, type RunResult, runExperiment } from "./run.ts";
export { type RunRecord, readRunRecord } from "./run-record.ts";
export { scoreFile } from "./score-file.ts";
export { checkOwnGroups } from "./stages/own-groups.ts";
