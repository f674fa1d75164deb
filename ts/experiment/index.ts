/**
 * Running experiments. The one way into `experiment`. Its rooms, each above those that it imports: `store` (artefacts and
 * their files), `worker` (a model loaded, sampled and scored), `models` (those that come as GGUF files), `tracking`, `warnings` and `validation` (what is told and
 * measured while a method trains), `train`, `stages` (one definition each), `plan` (the DAG of an experiment's stages),
 * `run` (doing it, its record and its report), `finished-runs`, `export`, `sweep` and `estimate`.
 */

export {
  clusterTable,
  deviceKind,
  type Estimate,
  estimate,
  estimateSweep,
  estimateTable,
  expectedSeconds,
  measureOn,
  modelLine,
  planElsewhere,
  type SweepEstimate,
  sweepEstimateTable,
} from "./estimate/index.ts";
export { exportFormats, exportRun, type PushPlan, pushRun } from "./export/index.ts";
export {
  type ComparedRuns,
  compareAside,
  compareFinishedRuns,
  type Difference,
  findGarbage,
  findRun,
  type Garbage,
  type ListedRun,
  listRuns,
  Remembered,
  RunsWatch,
  removeGarbage,
  type ShownRun,
  type ShownStage,
  showRuns,
  showStages,
  type Verified,
  verifyRuns,
  type WatchedRun,
  type WatchedStage,
  type WatchedTraining,
} from "./finished-runs/index.ts";
export {
  getModel,
  type ModelState,
  stateOfModel,
  whatWasLost,
} from "./models/index.ts";
export { checkInputs, checkSampler, stillMissing } from "./plan/inputs.ts";
export { runFiles } from "./run/files.ts";
export { readSummary } from "./run/read-summary.ts";
export { writeReport } from "./run/report.ts";
export { loadRunData } from "./run/results.ts";
export { dryRun, runExperiment } from "./run/run.ts";
export type { RunRecord } from "./run/run-record.ts";
export { scoreFile } from "./run/score-file.ts";
export { readSplit } from "./stages/questions.ts";
export { weightsIn } from "./store/files.ts";
export {
  checkCells,
  dryRunSweep,
  isSweepFolder,
  type PlannedCellStages,
  type RunningCell,
  readSweepResults,
  runSweep,
  type SweepOverview,
  type SweepProgress,
  type SweepRun,
  writeSweepReport,
} from "./sweep/index.ts";
export { samplePrompts } from "./worker/sampling.ts";
export { scoreAll } from "./worker/scoring.ts";
