/** Questions, tasks, judging and what training is made of. The one way into `data`. */

export {
  type Asked,
  answerRuleOf,
  choiceRule,
  type ExtractMode,
  extractBoth,
  extractModes,
  outcomeOf,
  type Reading,
  regexRule,
  type Seen,
} from "./answers/index.ts";
export { type Batches, type BatchOptions, batches, type Mixture } from "./batches.ts";
export { checkDataset, missingFiles } from "./check/dataset.ts";
export { type Findings, findingsOf } from "./check/findings.ts";
export { checkRecords, kindOfRecords, noRecords } from "./check/records.ts";
export { type ShownQuestion, shownQuestions } from "./check/show.ts";
export { addressOf, catalogue, type Dataset, datasetOf } from "./downloads/catalogue.ts";
export { dataFolder } from "./downloads/folder.ts";
export { type Got, getDataset } from "./downloads/get.ts";
export { hubAddress } from "./downloads/hub-address.ts";
export { keptModel, modelCatalogue, modelsFolder, type PublishedModel } from "./downloads/models.ts";
export { countThere } from "./downloads/pins.ts";

export { checkOwnGroups } from "./groups/check-groups.ts";
export {
  fromPreferenceRows,
  fromRrhfRows,
  fromUnpairedRows,
  preferenceRowSchema,
  rrhfRowSchema,
  toPreferenceRows,
  toRrhfRow,
  toUnpairedRows,
  unpairedRowSchema,
} from "./groups/convert.ts";
export { acceptedForRft, type Feedback, type Placed, pairedByRank, placed, sides } from "./groups/members.ts";
export { type ColumnRanking, rankedGroups } from "./groups/rank.ts";
export type { Ranking } from "./groups/ranking.ts";
export { type JudgeCounts, longestJudged } from "./judging/counts.ts";
export { type Explained, type Explanation, explained } from "./judging/explain.ts";
export { type JudgedFile, type JudgeFilesOptions, judgeFiles } from "./judging/files.ts";
export { type JudgeOptions, judge, type Label, type Records } from "./judging/judge.ts";
export { Rejudging } from "./judging/rejudge.ts";
export { checkLabel, checkRanking } from "./judging/steps-needed.ts";
export {
  type Conversation,
  exampleQuestion,
  fewShotSplits,
  promptDigest,
  promptOf,
  putQuestion,
} from "./prompts.ts";

export { checkEquationSteps, equationQuality } from "./steps/equation-steps.ts";
export { equationRule, equations } from "./steps/equations.ts";
export {
  type SplitName,
  type Splits,
  type StepCheck,
  type StepQuality,
  splitNames,
  type Task,
  type TaskKind,
} from "./task.ts";
export { arithmeticQuestions } from "./tasks/arithmetic/generate.ts";
export type { ArithmeticProblem } from "./tasks/arithmetic/problem.ts";
export { taskKind, taskKinds, taskNamed, taskNames, taskOf } from "./tasks/registry.ts";
