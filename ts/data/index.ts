/** Questions, tasks, judging and what training is made of. The one way into `data`. */

export {
  type AnswerRule,
  type AnswerRuleSettings,
  type Asked,
  answerRuleOf,
  answerRuleSchema,
  answersBy,
  anyNumber,
  type BothOutcomes,
  choiceRule,
  type ExtractMode,
  extractBoth,
  extractModes,
  gsm8kNumber,
  lettersOf,
  type Outcome,
  outcomeOf,
  regexRule,
  rightAsPublished,
} from "./answers.ts";
export { type Batches, type BatchOptions, batches, type Mixture } from "./batches.ts";
export { checkDataset, missingFiles } from "./check/dataset.ts";
export { answerIn, type Findings, findingsOf } from "./check/findings.ts";
export { checkRecords, kindOfRecords, noRecords } from "./check/records.ts";
export { type ShownQuestion, shownQuestions } from "./check/show.ts";
export {
  fromPreferenceRows,
  fromRrhfRows,
  fromUnpairedRows,
  type PreferenceRow,
  preferenceRowSchema,
  type RrhfRow,
  rrhfRowSchema,
  toPreferenceRows,
  toRrhfRow,
  toUnpairedRows,
  type UnpairedRow,
  unpairedRowSchema,
} from "./convert.ts";
export {
  addressOf,
  catalogue,
  type Dataset,
  datasetOf,
  type PublishedFile,
} from "./downloads/catalogue.ts";
export { dataFolder } from "./downloads/folder.ts";
export { type GetOptions, type Got, getDataset } from "./downloads/get.ts";
export { countThere, type FileState, stateOf } from "./downloads/state.ts";
export { repeated } from "./duplicates.ts";
export {
  checkEquationSteps,
  type EquationStep,
  equationQuality,
  equationSteps,
} from "./equation-steps.ts";
export { type Equation, equations } from "./equations.ts";
export { mergeGenerators } from "./generators.ts";
export { acceptedForRft, type Sides, type SidesOptions, sides } from "./groups.ts";
export {
  type JudgeCounts,
  type JudgeOptions,
  judge,
  type Label,
  longestJudged,
  type Records,
} from "./judge.ts";
export { checkOwnGroups, type OwnGroupsOptions } from "./own-groups.ts";
export {
  type Conversation,
  exampleQuestion,
  fewShotSplits,
  type Message,
  promptDigest,
  promptOf,
  putQuestion,
} from "./prompts/prompts.ts";
export { checkLabel, checkRanking } from "./quality.ts";
export { type ColumnRanking, rankedGroups } from "./ranking/own.ts";
export type { Ranking } from "./ranking/recipes.ts";
export { type Feedback, type Placed, pairedByRank, placed } from "./ranks.ts";
export { taskKind, taskKinds, taskNamed, taskNames, taskOf } from "./registry.ts";
export { type Answered, rejudged } from "./rejudge.ts";
export { readSource } from "./sources/read.ts";
export type { Source, SourceRow } from "./sources/source.ts";
export type { ReadQuestions, Split, Splits, StepCheck, StepQuality, Task, TaskKind } from "./task.ts";
export { arithmeticQuestions } from "./tasks/arithmetic/generate.ts";
export { type ArithmeticProblem, type SplitName, splitNames } from "./tasks/arithmetic/problem.ts";
export type { ArithmeticSettings } from "./tasks/arithmetic/settings.ts";
export { validOrders } from "./tasks/arithmetic/task.ts";
