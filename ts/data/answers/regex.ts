/**
 * Final answers by a pattern of the user's own. Whether a pattern can take exponential time cannot be seen in it for
 * certain, so it runs under a time limit that stops the matching itself.
 */
import { createContext, Script } from "node:vm";
import { type AnswerSettings, answerPatternFlags, answerPatternProblem } from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { type AnswerRule, outcomeOf, ruleOf, TimeLimitReached } from "./rule.ts";

/** A pattern of the user's own, and how it is used; `timeoutMs`: what one text may take, 250 by default. */
type RegexSettings = Omit<Extract<AnswerSettings, { kind: "regex" }>, "kind">;

/** What texts at the time limit may take in all, before the pattern is refused: whatever limit a text has, judging ends. */
const usualMsAtLimits = 10_000;

/** How much longer the second try of a text may take: the first may have fallen on a moment when the machine was busy. */
const secondChance = 4;

/**
 * What texts at the time limit have taken: milliseconds, and how many texts. Threads that judge one file share it, so that
 * the limit is that of the file and not of each thread.
 */
type Spent = Int32Array;
const spentBytes = 2 * Int32Array.BYTES_PER_ELEMENT;
/** A rule has two patterns at most. */
const patternsOfARule = 2;

/** What threads are given so that they spend together. */
export const spentTogether = (): SharedArrayBuffer => new SharedArrayBuffer(patternsOfARule * spentBytes);

let together: { buffer: SharedArrayBuffer; patterns: number } | undefined;

/** The patterns of the rule that this thread makes next spend together with those of other threads. */
export function spendTogether(buffer: SharedArrayBuffer): void {
  together = { buffer, patterns: 0 };
}

function nextSpent(): Spent {
  if (together === undefined || together.patterns === patternsOfARule) return new Int32Array(2);
  return new Int32Array(together.buffer, together.patterns++ * spentBytes, 2);
}

/** Where each pattern comes from, which errors name: `tasks.0.answer.pattern`. */
export function regexRule(settings: RegexSettings, where?: string, msAtLimits = usualMsAtLimits): AnswerRule {
  const { pattern, flexible = pattern, ignoreCase = false, timeoutMs = 250 } = settings;
  const strict = compiled(pattern, ignoreCase, where);
  const lax = flexible === pattern ? strict : compiled(flexible, ignoreCase, where);
  const findStrict = limited(strict, { timeoutMs, msAtLimits }, where);
  const findLax = lax === strict ? findStrict : limited(lax, { timeoutMs, msAtLimits }, where);
  const normal = (answer: string): string => {
    const spaced = answer.trim().replaceAll(/\s+/g, " ");
    return ignoreCase ? spaced.toLowerCase() : spaced;
  };
  const read: AnswerRule["read"] = (text, mode) => {
    const place = settings.match ?? (mode === "strict" ? "first" : "last");
    const match = (mode === "strict" ? findStrict : findLax)(text)[place];
    return { answer: (match && normal(match)) || null, seen: [] };
  };
  const sameAnswer = (extracted: string, answer: string): boolean => normal(extracted) === normal(answer);
  return ruleOf({
    kind: "regex",
    patterns: { strict: pattern, flexible },
    read,
    sameAnswer,
    // What the pattern finds, or else the text itself.
    readCell: (cell) => ({
      answer: outcomeOf({ read, sameAnswer }, cell, "strict", { answer: "" }).extracted ?? cell.trim(),
      seen: [],
    }),
  });
}

function compiled(source: string, ignoreCase: boolean, where: string | undefined): RegExp {
  const problem = answerPatternProblem(source, ignoreCase);
  if (problem !== undefined) throw inputError({ ...problem, where, found: source });
  return new RegExp(source, answerPatternFlags(ignoreCase));
}

/** What the group captured in the first and in the last match in which it captured anything. */
interface Captured {
  first: string | undefined;
  last: string | undefined;
}

/**
 * Matching in a context of its own, whose run can be stopped from outside, in the middle of a match too. Both modes
 * ask of the same text, one after the other: it is looked through once, and reaches the limit once.
 */
function limited(
  pattern: RegExp,
  { timeoutMs, msAtLimits }: { timeoutMs: number; msAtLimits: number },
  where: string | undefined,
): (text: string) => Captured {
  const job: Captured & { pattern: RegExp; text: string } = {
    pattern,
    text: "",
    first: undefined,
    last: undefined,
  };
  const context = createContext({ job });
  const script = new Script(`
    job.first = job.last = undefined;
    job.pattern.lastIndex = 0;
    for (let match; (match = job.pattern.exec(job.text)) !== null; ) {
      if (match[1] !== undefined) job.first ??= match[1];
      if (match[1] !== undefined) job.last = match[1];
      if (match[0] === "") job.pattern.lastIndex++;
    }`);
  let known: { text: string; captured: Captured | undefined } | undefined;
  const spent = nextSpent();
  const msLeft = (): number => msAtLimits - Atomics.load(spent, 0);
  const look = (text: string, limitMs: number): Captured | undefined => {
    job.text = text;
    try {
      script.runInContext(context, { timeout: limitMs });
      return { first: job.first, last: job.last };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      Atomics.add(spent, 0, limitMs);
      return undefined;
    }
  };
  const lookTwice = (text: string): Captured | undefined => {
    for (const ms of [timeoutMs, secondChance * timeoutMs]) {
      const left = msLeft();
      const captured = left > 0 ? look(text, Math.min(ms, left)) : undefined;
      if (captured !== undefined) return captured;
    }
    Atomics.add(spent, 1, 1);
    if (msLeft() > 0) return undefined;
    throw inputError({
      what: `the answer pattern took ${msAtLimits / 1000} s on texts that it could not end, ${Atomics.load(spent, 1)} of them`,
      where,
      found: pattern.source,
      expected: `an answer within ${timeoutMs} ms a text`,
      fix: "a quantifier inside a quantifier, such as (a+)+, tries a text in exponentially many ways: write it without",
    });
  };
  return (text) => {
    if (known?.text !== text) known = { text, captured: lookTwice(text) };
    if (known.captured === undefined) throw new TimeLimitReached(`${timeoutMs} ms`);
    return known.captured;
  };
}
