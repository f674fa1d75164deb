/** How final answers are found and compared: one rule a file, in `answers/`. */
export { choiceRule, extractChoice, lettersOf, sameChoice } from "./choice.ts";
export {
  extractNumber,
  gsm8kNumber,
  normalNumber,
  numberPatterns,
  rightAsPublished,
  sameNumber,
} from "./gsm8k.ts";
export { anyNumber, extractAnyNumber, normalRational, sameRational } from "./number.ts";
export { longestPattern, type RegexSettings, regexRule } from "./regex.ts";
export {
  type AnswerRule,
  type Asked,
  answersBy,
  type BothOutcomes,
  type ExtractMode,
  extractBoth,
  extractModes,
  type NoAnswer,
  type Outcome,
  outcomeOf,
  TimeLimitReached,
} from "./rule.ts";
export { type AnswerRuleSettings, answerRuleOf, answerRuleSchema } from "./rules.ts";
