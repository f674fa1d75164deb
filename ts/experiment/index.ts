/** Running experiments. The one way into `experiment`. */
export { checkpointIn } from "./context.ts";
export { type ExportFormat, exportFormats, exportRun } from "./export.ts";
export { type Report, writeReport } from "./report.ts";
export { loadRunData } from "./results.ts";
export { dryRun, type PlannedStage, type RunResult, runExperiment } from "./run.ts";
export { type RunRecord, readRunRecord } from "./run-record.ts";
export { samplePrompts } from "./sampling.ts";
export { scoreFile } from "./score-file.ts";
export { scoreAll } from "./scoring.ts";
export { checkOwnGroups } from "./stages/own-groups.ts";
export { readSplit, type SplitName, splitNames } from "./stages/questions.ts";
