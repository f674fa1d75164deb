/** Questions, tasks, judging and what training is made of. The one way into `data`. */

export {
  type AnswerRule,
  type AnswerRuleSettings,
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
export type { Splits, StepCheck, StepQuality, Task, TaskKind } from "./task.ts";
export { arithmeticQuestions } from "./tasks/arithmetic/generate.ts";
export type { ArithmeticProblem, SplitName } from "./tasks/arithmetic/problem.ts";
export type { ArithmeticSettings } from "./tasks/arithmetic/settings.ts";
export { validOrders } from "./tasks/arithmetic/task.ts";
