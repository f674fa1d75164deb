/** Questions, tasks, judging and what training is made of. The one way into `data`. */

export { type ExtractMode, extractModes } from "./answers.ts";
export { type Batches, type BatchOptions, batches } from "./batches.ts";
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
export { type Equation, equations } from "./equations.ts";
export { acceptedForRft, type Sides, type SidesOptions, sides } from "./groups.ts";
export { type JudgeCounts, type JudgeOptions, judge, longestJudged, type Records } from "./judge.ts";
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
export { checkRanking } from "./quality.ts";
export { type Feedback, type Placed, pairedByRank, placed } from "./ranks.ts";
export { taskKind, taskKinds, taskNamed, taskNames, taskOf } from "./registry.ts";
export { type Answered, rejudged } from "./rejudge.ts";
export type { Splits, StepCheck, StepQuality, Task, TaskKind } from "./task.ts";
export { arithmeticQuestions } from "./tasks/arithmetic/generate.ts";
export type { ArithmeticProblem, SplitName } from "./tasks/arithmetic/problem.ts";
export type { ArithmeticSettings } from "./tasks/arithmetic/settings.ts";
export { validOrders } from "./tasks/arithmetic/task.ts";
