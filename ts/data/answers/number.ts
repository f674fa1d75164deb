/**
 * Numeric final answers in any usual form: `1,200`, `1 200`, `$18`, `50%`, `3/4`, `1 1/2`, `2½`, `\frac{3}{4}`, `1.5e3`, `10^5`,
 * `1.5 million`, `5 km/h`, `5 * 2 = 10`. A unit, `$` and `%` after or before a number are left out: `50%` is 50, as a
 * question that asks for percent has it. All that is stated is read: what is not understood (`2√3`, `4x + 3`, `5 or 6`) is no
 * answer, and never the part of it that is a number. Values are exact; time is linear in the text.
 */
import { normalNumber } from "./decimal.ts";
import { goesOn, lastValue, namesNumber, type Value, valueWithin } from "./reading/value.ts";
import { type AnswerRule, type ExtractMode, type Reading, ruleOf, type Seen, shown } from "./rule.ts";
import { afterThinking, asksAgain, beginsLine, lineCounter, openings } from "./run-on.ts";
import { marksOf, type Statement, statementsOf, valueStated } from "./stated.ts";

const patterns: Readonly<Record<ExtractMode, string>> = {
  strict: "#### NUMBER, the first; the whole line is read",
  flexible:
    "the last of `#### NUMBER`, \\boxed{NUMBER}, <answer>NUMBER</answer> and `answer is NUMBER`, before another question; with none, the last number; all that is stated is read",
};

/** Whether both are numbers and equal. */
export function sameRational(a: string, b: string): boolean {
  const normal = normalRational(a);
  return normal !== null && normal === normalRational(b);
}

/**
 * The number that a short text such as a row's answer is: a decimal where it ends (`0.75`), else a reduced fraction (`1/3`).
 * Null when it is none, or not understood as a whole.
 */
export const normalRational = (written: string): string | null =>
  /^-?\d+(?:\.\d+)?$/.test(written) ? normalNumber(written) : (valueWithin(written)?.value ?? null);

export const anyNumber: AnswerRule = ruleOf({
  kind: "number",
  patterns,
  read: readNumber,
  sameAnswer: sameRational,
  readCell,
});

/** What is longer, or has lines, is a solution, and its first number not its answer. */
const isShort = (text: string): boolean => text.trim().length <= 60 && !text.trim().includes("\n");

export function readCell(cell: string): Reading {
  if (cell.includes("#### ")) return readMarked(cell);
  return readingOf(isShort(cell) && namesNumber(cell) ? valueWithin(cell) : undefined, cell, []);
}

export function readNumber(text: string, mode: ExtractMode): Reading {
  return mode === "strict" ? readMarked(text) : readStated(text);
}

function readingOf(value: Value | undefined, said: string, seen: readonly Seen[]): Reading {
  if (value?.value !== undefined) return { answer: value.value, seen };
  if (value?.noValue === undefined) return { answer: null, noAnswer: "not found", seen };
  return { answer: null, noAnswer: value.noValue, unread: shown(said), seen };
}

const whyNot = {
  unparsed: "not understood as one number",
  ambiguous: "more than one answer",
  none: "no number is stated",
} as const;

const seenAs = (statement: Statement, value: Value | undefined, line: number): Seen => ({
  line,
  by: shown(statement.by),
  said: shown(statement.said),
  ...(value?.value === undefined ? { why: whyNot[value?.noValue ?? "none"] } : { answer: value.value }),
});

/** As GSM8K counts, the first mark that states something: what comes after may be another question. */
function readMarked(text: string): Reading {
  const seen: Seen[] = [];
  const line = lineCounter(text);
  for (const mark of marksOf(text)) {
    const value = valueStated(mark);
    const last = seenAs(mark, value, line(mark.at));
    seen.push(last);
    if (value === undefined) continue;
    last.decides = true;
    return readingOf(value, mark.said, seen);
  }
  return readingOf(undefined, "", seen);
}

function readStated(text: string): Reading {
  const line = lineCounter(text);
  const from = afterThinking(text);
  const stated = statementsOf(text, from).map((statement) => {
    const value = valueStated(statement);
    return { statement, value, seen: seenAs(statement, value, line(statement.at)) };
  });
  const seen = stated.map((one) => one.seen);
  const first = stated.find(({ value }) => value !== undefined);
  const cut = runOn(text, from, first?.statement.at);
  for (const { statement, seen: one } of stated) if (statement.at >= cut) one.why = "after another question";
  const within = stated.filter(({ statement }) => statement.at < cut);
  const deciding = within.findLast(({ value }) => value !== undefined);
  if (deciding === undefined) return readLast(text.slice(0, cut), from, seen);
  const { statement, value } = deciding;
  deciding.seen.decides = true;
  // `Answer: 8` under a question: that question's.
  if (isAnotherAnswer(text, first!, deciding)) {
    deciding.seen.why = "after another question";
    first!.seen.decides = true;
    delete deciding.seen.decides;
    return readingOf(first!.value, first!.statement.said, seen);
  }
  const doubt = doubtOf(text.slice(0, cut), within, first!, deciding);
  if (doubt === undefined) return readingOf(value, statement.said, seen);
  deciding.seen.why = doubt;
  return { answer: null, noAnswer: "ambiguous", unread: shown(statement.said), seen };
}

const isAnotherAnswer = (text: string, first: Stated, { statement }: Stated): boolean =>
  first.statement !== statement &&
  (statement.kind === "label" || statement.kind === "heading") &&
  beginsLine(text, statement.at) &&
  asksAgain(text.slice(first.statement.end, statement.at));

type Stated = { statement: Statement; value: Value | undefined };

/** Why the last statement is not to be relied on. */
function doubtOf(
  text: string,
  stated: readonly Stated[],
  first: Stated,
  deciding: Stated,
): string | undefined {
  const { statement, value } = deciding;
  if (value?.value === undefined) return undefined;
  if (stated.some(({ statement: { kind, at } }) => kind === "retracted" && at > statement.at))
    return "taken back later";
  if (
    first.value?.value !== undefined &&
    first.value.value !== value.value &&
    asksAgain(text.slice(first.statement.end, statement.at))
  )
    return "another question may have been asked before it";
  if (besides(text, stated, deciding)) return "beside another answer";
  // `Answer: She has 12 pens. 2 are gone. So 10 are left.`
  const mayBegin = statement.kind === "label" || statement.kind === "heading";
  if (mayBegin && value.isWorking && goesOn(text.slice(statement.end - statement.said.length), value.value))
    return "the working goes on after it";
  return undefined;
}

const joint = /^[\s}$*.]*(?:,|;|&|or|and|\\text\{\s?(?:or|and)\s?\})[\s$*]*$/i;
const numbered = /\b(?:answer|ans)\s?[(#]?(\d{1,2}|[a-e])\)?\s?[:：]/i;

/** `\boxed{5}` or `\boxed{6}`; `Answer 1: 5` and `Answer 2: 6`. */
function besides(text: string, stated: readonly Stated[], { statement, value }: Stated): boolean {
  const others = stated.filter((one) => one.value !== undefined && one.statement.at < statement.at);
  const before = others.at(-1);
  if (before === undefined || before.value!.value === value!.value) return false;
  const between = text.slice(before.statement.end, statement.at);
  if (between.length < 40 && joint.test(between)) return true;
  const [mine, other] = [statement, before.statement].map(({ by }) => numbered.exec(by)?.[1]);
  return mine !== undefined && other !== undefined && mine !== other;
}

/** The place from which on a text is another question's; before the first answer only what has a number in it counts. */
function runOn(text: string, from: number, firstAnswer: number | undefined): number {
  for (const at of openings(text))
    if (at > from && ((firstAnswer !== undefined && firstAnswer < at) || namesNumber(text.slice(from, at))))
      return at;
  return text.length;
}

/** The last number, where nothing is stated. */
function readLast(text: string, from: number, seen: readonly Seen[]): Reading {
  const value = lastValue(text.slice(from));
  if (value === undefined) return readingOf(undefined, "", seen);
  const said = lastLine(text);
  const last: Statement = { kind: "phrase", at: 0, end: 0, by: "the last number", said };
  const line = text.trimEnd().split("\n").length;
  return readingOf(value, said, [...seen, { ...seenAs(last, value, line), decides: true }]);
}

/** The last line with a number in it, its end. */
function lastLine(text: string): string {
  const lines = text.slice(-2000).trimEnd().split("\n");
  return (lines.findLast((one) => namesNumber(one)) ?? "").slice(-200);
}
