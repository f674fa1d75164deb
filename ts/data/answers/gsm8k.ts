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
import { defined } from "../../core/defined.ts";
import { normalNumber, sameNumber } from "./decimal.ts";
import { readCell, readNumber } from "./number.ts";
import { type AnswerRule, type ExtractMode, type Reading, ruleOf, type Seen } from "./rule.ts";
import { openings } from "./run-on.ts";

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

const strict = new RegExp(numberPatterns.strict);
const firstStrict = (text: string): string | undefined => strict.exec(text)?.[1];

/**
 * The last match of the flexible pattern, sought from the end. From the left the pattern takes each whole run of `$`, digits,
 * `.` and `,` with a minus before it, but for one such sign alone that is no digit.
 */
function lastFlexible(text: string): string | undefined {
  for (let end = text.length; end > 0; end--) {
    let start = end;
    while (start > 0 && isOfNumber(text.charCodeAt(start - 1))) start--;
    if (end - start > 1 || (end > start && isDigit(text.charCodeAt(start))))
      return text.slice(text[start - 1] === "-" ? start - 1 : start, end);
  }
  return undefined;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isOfNumber = (code: number): boolean => isDigit(code) || code === 36 || code === 44 || code === 46;

/** GSM8K's rule: found by the two published patterns, compared as numbers. */
export const gsm8kNumber: AnswerRule = ruleOf({
  kind: "gsm8k-number",
  patterns: numberPatterns,
  read: readPublished,
  sameAnswer: sameNumber,
  readCell: readPublishedCell,
});

/**
 * The published patterns' answer, which is the verdict whatever else is stated. Where all that is stated says otherwise
 * (`#### 10^5`, of which the pattern reads 10), `unread` shows it; where the pattern finds nothing and something is stated
 * (`#### $18`), it is unparsed.
 */
function readPublished(text: string, mode: ExtractMode): Reading {
  const answer = extractNumber(text, mode);
  if (answer !== null && isPlain(text, answer)) return { answer, seen: [] };
  const whole = readNumber(text, mode);
  const said = whole.unread ?? whole.seen.find(({ decides }) => decides)?.said;
  const seen = [publishedSeen(text, mode, answer), ...whole.seen.map(({ decides: _, ...one }) => one)];
  const isSilent = whole.answer === null && whole.noAnswer === "not found";
  if (answer === null)
    return { answer, ...(isSilent ? {} : { noAnswer: "unparsed", ...defined({ unread: said }) }), seen };
  return { answer, ...(isSilent || whole.answer === answer ? {} : defined({ unread: said })), seen };
}

const plainEnding = /(?:^|\n)#### (-?\d+(?:,\d{3})*(?:\.\d+)?)\s*$/;

/** Whether a text ends in its one mark with a number and no more, as most do: whoever reads it reads this answer. */
const isPlain = (text: string, answer: string): boolean => {
  const at = text.lastIndexOf("#### ");
  if (at !== text.indexOf("####")) return false;
  const ending = plainEnding.exec(text.slice(Math.max(0, at - 1)))?.[1];
  return ending !== undefined && normalNumber(ending) === answer && openings(text).length === 0;
};

function publishedSeen(text: string, mode: ExtractMode, answer: string | null): Seen {
  const by =
    mode === "strict" ? `the first of ${numberPatterns.strict}` : "the last number, by the published pattern";
  const match = mode === "strict" ? firstStrict(text) : lastFlexible(text);
  const line =
    match === undefined
      ? 1
      : lineOf(text, mode === "strict" ? text.indexOf(`#### ${match}`) : text.lastIndexOf(match));
  return {
    ...{ line, by, said: match ?? "" },
    ...(answer === null ? { why: match === undefined ? "found nowhere" : "not a number" } : { answer }),
    decides: true,
  };
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** The final answer of a solution as GSM8K has them: its pattern has to read all that the line of the mark says. */
export const readSolution = (solution: string): Reading =>
  solution.includes("#### ")
    ? readPublishedCell(solution)
    : { answer: null, noAnswer: "not found", seen: [] };

/** A solution, or an answer alone, which is read as any number is. */
function readPublishedCell(cell: string): Reading {
  const whole = readCell(cell);
  const answer = whole.answer === null ? null : normalNumber(whole.answer);
  const isRead = answer !== null && (!cell.includes("#### ") || extractNumber(cell, "strict") === answer);
  if (isRead) return { answer, seen: whole.seen };
  return {
    ...whole,
    answer: null,
    noAnswer: whole.answer === null ? (whole.noAnswer ?? "not found") : "unparsed",
  };
}

/**
 * Whether the dataset's own code calls a text right (`is_correct` of grade-school-math's dataset.py): the strict
 * pattern's first match, commas dropped, is the answer letter for letter. `18.` and `18.00` are wrong for 18.
 */
export const rightAsPublished = (text: string, answer: string): boolean =>
  firstStrict(text)?.replaceAll(",", "") === answer.replaceAll(",", "");
