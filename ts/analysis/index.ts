/** What the numbers of an experiment mean: metrics, statistics, diagnostics, charts and the report. */

export { escapeText } from "../core/escape.ts";
export { predictionSchema } from "../core/records.ts";
export {
  Assessing,
  AssessingByTask,
  type Assessment,
  assess,
  assessSamples,
  describeAssessment,
  describeByTask,
} from "./assess/groups.ts";
export {
  AssessingPredictions,
  assessPredictions,
  checkPredictions,
  describePredictions,
  PredictionChecks,
  type PredictionsAssessment,
} from "./assess/predictions.ts";
export {
  accuracyChart,
  betaChart,
  type ChartText,
  chartStyle,
  curvesChart,
  lightOf,
  mix,
  type OwnChartOptions,
  renderOwnChart,
  type SidesRow,
  scoresChart,
  sidesChart,
  vftLossChart,
  white,
} from "./charts/index.ts";
export { columns } from "./document/columns.ts";
export { blockHtml, inline, scrolling } from "./document/html.ts";
export { type MarkdownReport, renderMarkdown } from "./document/markdown.ts";
export { html, type Markup, raw } from "./document/markup.ts";
export { pageStyle } from "./document/style.ts";
export { momentText } from "./document/text.ts";
export { autoBetas, searchedBetas } from "./features/beta/numbers.ts";
export {
  baselineLabel,
  methodAccuracies,
  methodCurves,
  methodScores,
  vftCurves,
} from "./features/charts/numbers.ts";
export {
  type MatteringWarning,
  matteringWarnings,
  mattersWhileTraining,
  pairsWarning,
} from "./features/findings/mattering.ts";
export { type Verdict, verdictOf, verdictSentence } from "./features/in-short/verdict.ts";
export {
  type AppData,
  appDataIn,
  type DataFile,
  dataFolder,
  notedQuestionsApp,
  type OwnNote,
} from "./features/questions/app.ts";
export { chunkScript } from "./features/questions/numbers.ts";
export { searchPointSchema } from "./features/training/schema.ts";
export { decimal, duration, percent, plural, points, pValue, range, whole } from "./format.ts";
export type {
  Comparison,
  Difference,
  MethodSummary,
  Metric,
  MetricName,
  Provenance,
  RunSummary,
} from "./generated/report.ts";
export {
  compareRuns,
  type MethodOfBoth,
  type MetricOfBoth,
  type RunsComparison,
} from "./measure/compare-runs.ts";
export {
  comparedHeads,
  comparedNotes,
  comparedRows,
  noCommonSeed,
  settingText,
} from "./measure/compare-words.ts";
export { heldOutShares } from "./measure/held-out.ts";
export { scoresOf } from "./metrics/scores.ts";
export { type ReportOptions, renderEnd, renderPage, renderReport, renderTable } from "./report/page.ts";
export { renderPicture } from "./report/picture.ts";
export { runSummarySchema } from "./report/schema.ts";
export { summarise } from "./report/summarise.ts";
export type {
  Arm,
  ArmRound,
  Evaluated,
  MethodInfo,
  Prediction,
  PromptInfo,
  RunData,
  SearchPoint,
  StageRun,
  TaskInfo,
  TrainingStep,
} from "./run/run-data.ts";
export { vftStage } from "./run/run-data.ts";
export { bootstrapRatios, percentileInterval, quantile } from "./statistics/bootstrap.ts";
export type { Interval } from "./statistics/interval.ts";
export { sameValueInterval, wilsonInterval } from "./statistics/interval.ts";
export { holm, mcnemarExact } from "./statistics/p-values.ts";
export { type OverSeeds, overSeeds } from "./statistics/seeds.ts";
export { signFlipTest } from "./statistics/sign-flip.ts";
export {
  againstBest,
  bestOf,
  type CellResult,
  type CellStatus,
  cellMethod,
  renderSweep,
  renderSweepTable,
  type SweepData,
  type SweepResults,
  sweepResultsSchema,
  sweepSentence,
} from "./sweep/index.ts";
export { withHints, wordsOf } from "./words/index.ts";
