/** What the numbers of an experiment mean: metrics, statistics, diagnostics, charts and the report. */

export {
  Assessing,
  AssessingByTask,
  type Assessment,
  assess,
  assessSamples,
  describeAssessment,
} from "./assess/groups.ts";
export {
  AssessingPredictions,
  describePredictions,
  PredictionChecks,
} from "./assess/predictions.ts";
export { accuracyChart } from "./charts/accuracy.ts";
export { betaChart } from "./charts/beta.ts";
export { curvesChart } from "./charts/curves.ts";
export { type OwnChartOptions, renderOwnChart } from "./charts/custom.ts";
export type { ChartText } from "./charts/options.ts";
export { chartStyle, lightOf, mix, white } from "./charts/palette.ts";
export { scoresChart } from "./charts/scores.ts";
export { type SidesRow, sidesChart } from "./charts/side-by-side.ts";
export { vftLossChart } from "./charts/vft-loss.ts";
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
export { matteringWarnings, mattersWhileTraining, pairsWarning } from "./features/findings/mattering.ts";
export { verdictOf, verdictSentence } from "./features/in-short/verdict.ts";
export {
  type AppData,
  appDataIn,
  type DataFile,
  dataFolder,
  notedQuestionsApp,
  type OwnNote,
} from "./features/questions/app.ts";
export { chunkScript } from "./features/questions/numbers.ts";
export { answerTiles } from "./features/top/tiles.ts";
export { searchPointSchema } from "./features/training/schema.ts";
export { decimal, percent, plural, points, range, whole } from "./format.ts";
export type {
  Difference,
  MethodSummary,
  MetricName,
  Provenance,
  RunSummary,
} from "./generated/report.ts";
export {
  compareRuns,
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
export { shownInterval } from "./measure/verdicts.ts";
export { scoresOf } from "./metrics/scores.ts";
export { renderEnd, renderPage, renderReport, renderTable } from "./report/page.ts";
export { renderPicture } from "./report/picture.ts";
export { runSummarySchema } from "./report/schema.ts";
export { summarise } from "./report/summarise.ts";
export type {
  Arm,
  ArmRound,
  Evaluated,
  MethodInfo,
  Prediction,
  RunData,
  SearchPoint,
  StageRun,
  TrainingStep,
} from "./run/run-data.ts";
export { vftStage } from "./run/run-data.ts";
export { bootstrapRatios, percentileInterval, quantile } from "./statistics/bootstrap.ts";
export type { Interval } from "./statistics/interval.ts";
export { sameValueInterval, wilsonInterval } from "./statistics/interval.ts";
export { holm, mcnemarExact } from "./statistics/p-values.ts";
export { overSeeds } from "./statistics/seeds.ts";
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
} from "./sweep/index.ts";
export { withHints, wordsOf } from "./words/index.ts";
