/** What an experiment is: its schema, and reading it from YAML. The one way into `config`. */

export { editorSchema, editorSchemaPath } from "./editor-schema.ts";
export { type Experiment, experimentSchema } from "./experiment.ts";
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
  isRanked,
  lossOf,
  lossSchema,
  type Method,
  methodKindsInWords,
  methodSchema,
  methods,
  needsReferenceModel,
  recorded,
  type TrainedMethod,
  withBoundaryBeta,
} from "./methods/index.ts";
export {
  type Adapter,
  adapterSchema,
  type CreatedModel,
  type Model,
  type PackagedModel,
  packagedModels,
} from "./schema/model.ts";
export { artefactsFolder } from "./schema/patterns.ts";
export { type PromptSettings, promptSettings, questionPlace } from "./schema/prompt.ts";
export type { Label, Ranking } from "./schema/ranking.ts";
export type { Watch } from "./schema/stages.ts";
export { bestMetrics } from "./schema/sweep.ts";
export {
  type AnswerSettings,
  type AquaTask,
  type ArithmeticTask,
  answerPatternFlags,
  answerPatternProblem,
  aquaTaskSchema,
  arithmeticTaskSchema,
  type CustomTask,
  commonTaskSettings,
  customTaskSchema,
  type EcqaTask,
  ecqaTaskSchema,
  type Gsm8kRankTask,
  type Gsm8kTask,
  gsm8kRankTaskSchema,
  gsm8kTaskSchema,
  type MmluTask,
  mmluTaskSchema,
  type Task,
  taskFileSettings,
  taskFolderSettings,
  taskName,
  taskSchema,
} from "./schema/tasks/index.ts";
export { trackingSchema } from "./schema/tracking.ts";
export { type Training, trainingSchema } from "./schema/training.ts";
export { vocabularySize } from "./schema/values.ts";
export { type Sampler, samplerOf } from "./schema/worker.ts";
export { yamlOfSet } from "./source/parse.ts";
export { aboutKey } from "./sweep/about.ts";
export { warningsByCell } from "./sweep/by-cell.ts";
export type { Cell, LoadedSweep } from "./sweep/load.ts";
export { shortKey } from "./sweep/names.ts";
export { overrideTraining, planSteps, trainingOf } from "./training.ts";
