/**
 * Numeric final answers, found by GSM8K's two rules. Both patterns run in time linear in the text: neither has a
 * quantifier inside a quantifier, and no match is tried twice from one place.
 *
 * What is found is what the published rules find. Strict is that of the dataset's own code (Cobbe et al., 2021:
 * first match, commas dropped) and of lm-evaluation-harness' `strict-match`; flexible is the harness'
 * `flexible-extract` (last match; `,`, `$` and a closing `.` dropped). Both of them compare strings, this module compares
 * numbers, which makes a difference in one direction only: answers that they call wrong for their spelling.
 *
 * | found, the answer being 18 | dataset's code | harness | here |
 * | 18 | right | right | right |
 * | 18. | wrong | right | right |
 * | 18.00, 018 | wrong | wrong | right |
 *
 * {@link rightAsPublished} is the dataset's own comparison, for numbers that must be set beside published flags.
 */
import { type AnswerRule, type ExtractMode, ruleOf } from "./rule.ts";

/** The patterns as they stand in records and reports, since an accuracy means little without them. */
export const numberPatterns: Readonly<Record<ExtractMode, string>> = {
  strict: String.raw`#### (\-?[0-9\.\,]+)`,
  flexible: "(-?[$0-9.,]{2,})|(-?[0-9]+)",
};

/**
 * The numeric final answer of a text in its normal form (see {@link normalNumber}), so that equal answers
 * are equal strings and count as one in a vote. Null when the pattern matches nothing, or what it
 * matches is not a number (`...`, `1.2.3`).
 */
export function extractNumber(text: string, mode: ExtractMode): string | null {
  const match = mode === "strict" ? firstStrict(text) : lastFlexible(text);
  return match === undefined ? null : normalNumber(match);
}

const firstStrict = (text: string): string | undefined => new RegExp(numberPatterns.strict).exec(text)?.[1];

function lastFlexible(text: string): string | undefined {
  let last: string | undefined;
  for (const [match] of text.matchAll(new RegExp(numberPatterns.flexible, "g"))) last = match;
  return last;
}

/**
 * A number without `,`, `$`, one closing `.`, leading zeros or trailing zeros of its fraction: `$1,800.50.`
 * is `1800.5`, `-0.0` is `0`. Works on the digits, so that a number of any length is exact. Null when
 * what remains is not a decimal number.
 */
export function normalNumber(text: string): string | null {
  const cleaned = text.trim().replace(/[,$]/g, "").replace(/\.$/, "");
  const match = /^(-?)([0-9]*)(?:\.([0-9]*))?$/.exec(cleaned);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return null;
  const integer = whole.slice(leadingZeros(whole)) || "0";
  const decimals = fraction.slice(0, fraction.length - trailingZeros(fraction));
  const magnitude = decimals === "" ? integer : `${integer}.${decimals}`;
  return magnitude === "0" ? "0" : sign + magnitude;
}

/** Equal as exact decimals: `18.` and `18.00` are, whatever their length. Texts that are no number never are. */
export function sameNumber(a: string, b: string): boolean {
  const normal = normalNumber(a);
  return normal !== null && normal === normalNumber(b);
}

// Counted by hand: /0+$/ would be tried anew at every zero of a long run.
function leadingZeros(digits: string): number {
  let count = 0;
  while (digits[count] === "0") count++;
  return count;
}

function trailingZeros(digits: string): number {
  let count = 0;
  while (count < digits.length && digits[digits.length - 1 - count] === "0") count++;
  return count;
}

/** GSM8K's rule: found by the two published patterns, compared as numbers. */
export const gsm8kNumber: AnswerRule = ruleOf({
  kind: "gsm8k-number",
  patterns: numberPatterns,
  read: (text, mode) => ({ answer: extractNumber(text, mode), seen: [] }),
  sameAnswer: sameNumber,
});

/**
 * Whether the dataset's own code calls a text right (`is_correct` of grade-school-math's dataset.py): the strict
 * pattern's first match, commas dropped, is the answer letter for letter. `18.` and `18.00` are wrong for 18.
 */
export const rightAsPublished = (text: string, answer: string): boolean =>
  firstStrict(text)?.replaceAll(",", "") === answer.replaceAll(",", "");
