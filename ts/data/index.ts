/** Questions, tasks, judging and what training is made of. The one way into `data`. */

export {
  type Asked,
  answerRuleOf,
  anyNumber,
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
} from "./answers/index.ts";
export { type Batches, type BatchOptions, batches, type Mixture } from "./batches.ts";
export { checkDataset, missingFiles } from "./check/dataset.ts";
export { type Findings, findingsOf } from "./check/findings.ts";
export { checkRecords, kindOfRecords, noRecords } from "./check/records.ts";
export { type ShownQuestion, shownQuestions } from "./check/show.ts";
export {
  addressOf,
  catalogue,
  type Dataset,
  datasetOf,
  type PublishedFile,
} from "./downloads/catalogue.ts";
export { dataFolder } from "./downloads/folder.ts";
export { type GetOptions, type Got, getDataset } from "./downloads/get.ts";
export { countThere, type FileState, stateOf } from "./downloads/pins.ts";
export { repeated } from "./duplicates.ts";
export { checkOwnGroups, type OwnGroupsOptions } from "./groups/check-groups.ts";
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
} from "./groups/convert.ts";
export {
  acceptedForRft,
  type Feedback,
  type Placed,
  pairedByRank,
  placed,
  type Sides,
  type SidesOptions,
  sides,
} from "./groups/members.ts";
export { type ColumnRanking, rankedGroups } from "./groups/rank.ts";
export type { Ranking } from "./groups/ranking.ts";
export { mergeGenerators } from "./judging/gather.ts";
export {
  type JudgeCounts,
  type JudgeOptions,
  judge,
  type Label,
  longestJudged,
  type Records,
} from "./judging/judge.ts";
export { type Answered, rejudged } from "./judging/rejudge.ts";
export { checkLabel, checkRanking } from "./judging/steps-needed.ts";
export {
  type Conversation,
  exampleQuestion,
  fewShotSplits,
  type Message,
  promptDigest,
  promptOf,
  putQuestion,
} from "./prompts.ts";
export { readSource } from "./sources/read.ts";
export type { Source, SourceRow } from "./sources/source.ts";
export {
  checkEquationSteps,
  type EquationStep,
  equationQuality,
  equationSteps,
} from "./steps/equation-steps.ts";
export { type Equation, equations } from "./steps/equations.ts";
export type { ReadQuestions, Split, Splits, StepCheck, StepQuality, Task, TaskKind } from "./task.ts";
export { arithmeticQuestions } from "./tasks/arithmetic/generate.ts";
export { type ArithmeticProblem, type SplitName, splitNames } from "./tasks/arithmetic/problem.ts";
export { taskKind, taskKinds, taskNamed, taskNames, taskOf } from "./tasks/registry.ts";
