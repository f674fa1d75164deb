/** What the numbers of an experiment mean: metrics, statistics, diagnostics, charts and the report. */
export { type Assessment, assess } from "./metrics/assess.ts";
export {
  assessPredictions,
  checkPredictions,
  type PredictionsAssessment,
} from "./report/assessPredictions.ts";
export { type DataFile, dataFolder } from "./report/browser/section.ts";
export { describeAssessment, describeByTask } from "./report/describeAssessment.ts";
export { describePredictions } from "./report/describePredictions.ts";
export { decimal, percent, plural, points } from "./report/format.ts";
export { type HtmlOptions, renderHtml, renderReport } from "./report/html.ts";
export type {
  Arm,
  MethodInfo,
  Prediction,
  PromptInfo,
  RunData,
  StageRun,
  TaskInfo,
  TrainingStep,
} from "./report/input.ts";
export { predictionSchema, vftStage } from "./report/input.ts";
export { renderPicture } from "./report/picture.ts";
export { type RunSummary, runSummarySchema } from "./report/schema.ts";
export { summarise } from "./report/summarise.ts";
export { renderTable } from "./report/table.ts";
export { quantile } from "./statistics/bootstrap.ts";
export { mcnemarExact } from "./statistics/mcnemar.ts";
export { wilsonInterval } from "./statistics/wilson.ts";
