/**
 * AFT as a library: what notebooks and programs import. Runs on Node.js (`import ... from "aft"`) and, from the sources,
 * on Deno.
 *
 * - finished runs: {@link loadRun}, {@link listRuns}; sweeps: {@link loadSweep}, {@link listSweeps}
 * - experiments: {@link loadExperiment}, {@link runExperiment}
 * - a live model: {@link startWorker}
 * - records and judging: {@link readQuestions}, {@link readGroups}, {@link judge}, converters for other trainers
 * - numbers: {@link assess}, {@link reliability}, {@link pairedDifference}, {@link wilsonInterval} and others
 * - for the eye: {@link table}, {@link scoresChart}, {@link accuracyChart}, {@link tokensChart}, {@link plot} and others
 *
 * Wrong input gives an {@link AftError} that says what, where, what was found, what was expected and what to do.
 * @module
 */

export type * from "../analysis/generated/report.ts";
export {
  type Arm,
  type ArmRound,
  type Assessment,
  assess,
  type ChartText,
  decimal,
  type Evaluated,
  holm,
  type MethodInfo,
  mcnemarExact,
  type OwnChartOptions,
  overSeeds,
  percent,
  points,
  quantile,
  type RunData,
  type TrainingStep,
  wilsonInterval,
} from "../analysis/index.ts";
export type * from "../bridge/generated/messages.ts";
export type { MethodName, RequestOptions, Requests } from "../bridge/index.ts";
export type * from "../config/generated/experiment.ts";
export { type Loaded, type LoadOptions, loadExperiment } from "../config/index.ts";
export { AftError, type ExitCode, type Problem } from "../core/errors.ts";
export type * from "../core/generated/records.ts";
export type { Row } from "../core/jsonl.ts";
export type { Progress, ProgressSink, StagePlace } from "../core/progress.ts";
export { version } from "../core/project.ts";
export type * from "../data/generated/rows.ts";
export type { SplitName } from "../data/index.ts";
export {
  type Asked,
  type ExtractMode,
  type Feedback,
  fromPreferenceRows,
  fromRrhfRows,
  fromUnpairedRows,
  type JudgeCounts,
  type JudgeOptions,
  judge,
  promptOf,
  type Reading,
  type Records,
  type Seen,
  type Splits,
  type StepCheck,
  type StepQuality,
  type Task,
  taskNames,
  taskOf,
  toPreferenceRows,
  toRrhfRow,
  toUnpairedRows,
} from "../data/index.ts";
export {
  accuracyChart,
  betaChart,
  type ChartOptions,
  plot,
  scoresChart,
  trainingChart,
  vftLossChart,
} from "./charts.ts";
export { printProgress, type RunExperimentOptions, runExperiment } from "./experiments.ts";
export { listRuns, listSweeps, runsFolder } from "./folders.ts";
export {
  type LiveModel,
  type LiveWorker,
  type LoadModelOptions,
  type Prompt,
  type ResponseScore,
  type SampleOptions,
  type StartWorkerOptions,
  startWorker,
  type TokenScore,
} from "./live.ts";
export { readCandidates, readGroups, readQuestions, writeRecords } from "./records.ts";
export { loadRun, type Run, type RunsOptions } from "./runs.ts";
export { type Cell, picture, type Shown, type TableOptions, table } from "./show.ts";
export {
  bootstrapMean,
  type Estimate,
  type PairedDifference,
  pairedDifference,
  type ReliabilityBin,
  reliability,
} from "./statistics.ts";
export {
  loadSweep,
  type Sweep,
  type SweepBest,
  type SweepCell,
  type SweepMethod,
  type SweepMetric,
  type SweepRow,
} from "./sweeps.ts";
export { type TitledResponse, tokensChart } from "./tokens.ts";
