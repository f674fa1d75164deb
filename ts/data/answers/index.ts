/** How final answers are found and compared: one rule a file. */
import type { AnswerSettings } from "../../config/index.ts";
import { choiceRule } from "./choice.ts";
import { gsm8kNumber } from "./gsm8k.ts";
import { anyNumber } from "./number.ts";
import { regexRule } from "./regex.ts";
import type { AnswerRule } from "./rule.ts";

export { choiceRule, lettersOf } from "./choice.ts";
export { normalNumber, sameNumber } from "./decimal.ts";
export { extractNumber, gsm8kNumber, readSolution, rightAsPublished } from "./gsm8k.ts";
export { anyNumber, normalRational, sameRational } from "./number.ts";
export { regexRule, spendTogether, spentTogether } from "./regex.ts";
export {
  type AnswerRule,
  type Asked,
  type BothOutcomes,
  type ExtractMode,
  extractBoth,
  extractModes,
  type Outcome,
  outcomeOf,
  type Reading,
  type Seen,
} from "./rule.ts";

const fixed = { "gsm8k-number": gsm8kNumber, number: anyNumber, choice: choiceRule } as const;

/** The rule that the settings name. `where`: where they stand, which errors about a pattern name. */
export const answerRuleOf = (settings: AnswerSettings, where?: string): AnswerRule =>
  settings.kind === "regex" ? regexRule(settings, where) : fixed[settings.kind];
