import { z } from "zod";
import { flag, positive, text } from "../values.ts";

const pattern = text;

/** Characters of a pattern beyond which it is refused. */
const longestPattern = 1000;

/** `^` and `$` match at lines, as an answer stands on one; `.` does not match a newline. */
export const answerPatternFlags = (ignoreCase: boolean): string => (ignoreCase ? "gimu" : "gmu");

/** Why answers cannot be found by a pattern; undefined: they can. */
export function answerPatternProblem(
  source: string,
  ignoreCase: boolean,
): { what: string; expected: string } | undefined {
  if (source.length > longestPattern)
    return { what: "the answer pattern is too long", expected: `at most ${longestPattern} characters` };
  const flags = answerPatternFlags(ignoreCase);
  let groups: number;
  try {
    // With an empty alternative it matches anything, and shows how many groups there are.
    groups = new RegExp(`${source}|`, flags).exec("")!.length - 1;
    new RegExp(source, flags);
  } catch (error) {
    return {
      what: `the answer pattern is not a regular expression: ${(error as Error).message.replace(/^.*?\/[gimu]+: /, "")}`,
      expected: "a JavaScript pattern with Unicode rules, for example `Answer: (\\w+)`",
    };
  }
  if (groups === 1) return undefined;
  return {
    what: `the answer pattern has ${groups === 0 ? "no capture group" : "several capture groups"}`,
    expected: "exactly one group ( ), which is the answer; (?: ) groups without capturing",
  };
}

/** By which rule final answers are found in texts and compared. */
export const answerSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("number").meta({
        description: "a number in any usual form: fractions, percent, units, scientific, LaTeX",
      }),
    }),
    z.strictObject({
      kind: z
        .literal("gsm8k-number")
        .meta({ description: "a decimal number, found by GSM8K's two patterns" }),
    }),
    z.strictObject({
      kind: z.literal("choice").meta({ description: "the letter of an option; needs columns.choices" }),
      countFrom: z
        .union([z.literal(0), z.literal(1)])
        .optional()
        .meta({
          description: "rows give the option's number, counted from this; left out: its letter or its text",
        }),
    }),
    z.strictObject({
      kind: z.literal("regex").meta({ description: "what a pattern of your own captures, as text" }),
      pattern: pattern.meta({ description: "a JavaScript pattern; its one capture group is the answer" }),
      flexible: pattern
        .optional()
        .meta({ description: "the pattern of the flexible mode; the same when left out" }),
      match: z.enum(["first", "last"]).optional().meta({
        description: "which match counts; left out: strict the first, flexible the last",
      }),
      ignoreCase: flag.optional().meta({ description: "upper and lower case are the same" }),
      timeoutMs: positive
        .optional()
        .meta({ description: "what one text may take, beyond which it counts as not checked; default 250" }),
    }),
  ])
  .meta({ description: "how a final answer is found in a text, and when two are the same" });
export type AnswerSettings = z.output<typeof answerSchema>;
