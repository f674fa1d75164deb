/** What an experiment is: its schema, and reading it from YAML. The one way into `config`. */

export { editorSchema, editorSchemaPath } from "./editor-schema.ts";
export { type Loaded, type LoadOptions, loadExperiment, loadFile } from "./load.ts";
export {
  boundaryBetaKey,
  boundaryBetaOf,
  type Constraint,
  constraintOf,
  constraints,
  entryOf,
  type GroupLoss,
  type GroupMethod,
  type GroupMethodKind,
  groupMethodKinds,
  hasGroupLoss,
  isRanked,
  lossOf,
  lossSchema,
  type Method,
  type MethodKind,
  methodKindsInWords,
  methodSchema,
  methods,
  needsReferenceModel,
  recorded,
  type TrainedMethod,
  withBoundaryBeta,
} from "./methods/index.ts";
export type { BoundaryBeta } from "./schema/boundary.ts";
export { type Experiment, experimentFileSchema, experimentSchema } from "./schema/experiment.ts";
export { type Adapter, adapterSchema, type CreatedModel, type Model, modelSchema } from "./schema/model.ts";
export { type PromptSettings, promptSettings, questionPlace } from "./schema/prompt.ts";
export { type Label, labelSchema, type Ranking, rankingSchema } from "./schema/ranking.ts";
export { type Stages, stagesSchema, type Watch } from "./schema/stages.ts";
export { type BestBy, bestMetrics } from "./schema/sweep.ts";
export {
  type AnswerSettings,
  type AquaTask,
  type ArithmeticTask,
  answerSchema,
  aquaTaskSchema,
  arithmeticTaskSchema,
  type Columns,
  type CustomTask,
  commonTaskSettings,
  customTaskSchema,
  type EcqaTask,
  ecqaTaskSchema,
  type Gsm8kRankTask,
  type Gsm8kTask,
  gsm8kRankTaskSchema,
  gsm8kTaskSchema,
  type Mixture,
  type MmluTask,
  mmluTaskSchema,
  questionsAsked,
  type Task,
  taskFileSettings,
  taskFolderSettings,
  taskName,
  taskSchema,
} from "./schema/tasks/index.ts";
export { type Tracking, trackingSchema } from "./schema/tracking.ts";
export { type Training, type TrainingOverride, trainingSchema } from "./schema/training.ts";
export { type ReportSettings, type Worker, workerSchema } from "./schema/worker.ts";
export { aboutKey } from "./sweep/about.ts";
export { warningsByCell } from "./sweep/by-cell.ts";
export type { Cell, LoadedSweep } from "./sweep/load.ts";
export { shortKey } from "./sweep/names.ts";
export { overrideTraining, planSteps, trainingOf } from "./training.ts";
