/** The answer rules by name, for tasks whose rule is a setting. */
import { z } from "zod";
import { choiceRule } from "./choice.ts";
import { gsm8kNumber } from "./gsm8k.ts";
import { anyNumber } from "./number.ts";
import { regexRule } from "./regex.ts";
import type { AnswerRule } from "./rule.ts";

const regexSettings = {
  pattern: z
    .string()
    .min(1)
    .meta({ description: "a JavaScript pattern; its one capture group is the answer" }),
  flexible: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "the pattern of the flexible mode; the same when left out" }),
  match: z
    .enum(["first", "last"])
    .optional()
    .meta({ description: "which match counts; left out: strict the first, flexible the last" }),
  ignoreCase: z
    .boolean()
    .optional()
    .meta({ description: "upper and lower case are the same; default false" }),
  timeoutMs: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "what one text may take (ms), beyond which it counts as not checked; default 250" }),
};

/** How a setting names a rule: by its kind, `regex` with a pattern. */
export const answerRuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gsm8k-number").meta({ description: "a decimal number, found by GSM8K's two patterns" }),
  }),
  z.strictObject({
    kind: z.literal("number").meta({
      description: "a number in any usual form: fractions, percent, units, scientific, LaTeX",
    }),
  }),
  z.strictObject({ kind: z.literal("choice").meta({ description: "the letter of an option" }) }),
  z.strictObject({
    kind: z.literal("regex").meta({ description: "what a pattern of your own captures, as text" }),
    ...regexSettings,
  }),
]);
export type AnswerRuleSettings = z.output<typeof answerRuleSchema>;

const fixed = { "gsm8k-number": gsm8kNumber, number: anyNumber, choice: choiceRule } as const;

/** The rule that the settings name. `where`: where they stand, which errors about a pattern name. */
export const answerRuleOf = (settings: AnswerRuleSettings, where?: string): AnswerRule =>
  settings.kind === "regex" ? regexRule(settings, where) : fixed[settings.kind];
