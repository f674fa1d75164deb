/**
 * Numeric final answers in any usual form: `1,200`, `$18`, `50%`, `3/4`, `1 1/2`, `\frac{3}{4}`, `1.5e3`, `3 x 10^5`, `5 km/h`,
 * `18.00`. A unit, `$` and `%` after or before a number are left out: `50%` is 50, as a question that asks for percent
 * has it. Values are exact; every scan goes forward once, so time is linear in the text.
 */
import { readNumberAt } from "./numeral.ts";
import { type AnswerRule, type ExtractMode, ruleOf } from "./rule.ts";

const patterns: Readonly<Record<ExtractMode, string>> = {
  strict: "#### NUMBER, the first; in any usual form, a unit after it",
  flexible: "the last of `#### NUMBER`, \\boxed{NUMBER} and `answer is NUMBER`; with none, the last number",
};

/** The number in its normal form (see {@link normalRational}); null when none is found. */
export function extractAnyNumber(written: string, mode: ExtractMode): string | null {
  const text = plain(written);
  const marked = mode === "strict" ? firstMarked(text) : lastStated(text);
  return marked ?? (mode === "flexible" ? lastNumber(text) : undefined) ?? null;
}

/** Whether both are numbers and equal. */
export function sameRational(a: string, b: string): boolean {
  const normal = normalRational(a);
  return normal !== null && normal === normalRational(b);
}

/**
 * The first number of a short text such as an answer's: a decimal where it ends (`0.75`), else a reduced fraction (`1/3`).
 * Null when there is none.
 */
export function normalRational(written: string): string | null {
  return firstNumber(plain(written)) ?? null;
}

export const anyNumber: AnswerRule = ruleOf({
  kind: "number",
  patterns,
  read: (text, mode) => ({ answer: extractAnyNumber(text, mode), seen: [] }),
  sameAnswer: sameRational,
});

/** LaTeX's ways of writing `,`, `$`, `%` and spaces as the plain ones. */
const plain = (text: string): string =>
  text
    .replaceAll(/\{,\}|,\\!/g, ",")
    .replaceAll(/\\([$%])/g, "$1")
    .replaceAll(/\\[,;:! ]|~/g, " ");

/** All that a number can begin with. */
const beginning = /[-−$€£¥₹\d.\\]/g;

function* numbersOf(text: string): Generator<string> {
  const search = new RegExp(beginning);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const number = readNumberAt(text, match.index);
    if (number === undefined) continue;
    if (number.value !== undefined) yield number.value;
    search.lastIndex = number.end;
  }
}

function firstNumber(text: string): string | undefined {
  for (const number of numbersOf(text)) return number;
  return undefined;
}

function lastNumber(text: string): string | undefined {
  let last: string | undefined;
  for (const number of numbersOf(text)) last = number;
  return last;
}

const mark = /#### /g;
/** Characters after a mark or a phrase within which its number must begin. */
const reach = 120;

/** The line's rest, no more of it than a statement needs, and no number cut in two. */
function restOfLine(text: string, from: number): string {
  let end = from + reach;
  while (/[\d.,]/.test(text[end] ?? "")) end++;
  return text.slice(from, end).split("\n", 1)[0]!;
}

/** As GSM8K counts, the first that has a number: what comes after may be another question. */
function firstMarked(text: string): string | undefined {
  for (const { index } of text.matchAll(mark)) {
    const number = firstNumber(restOfLine(text, index + 5));
    if (number !== undefined) return number;
  }
  return undefined;
}

const statement =
  /#### |\\f?boxed\s?\{|\banswer\b[^.:=\n]{0,40}?(?::|=|\bis\b|\bare\b|\bwould be\b|\bmust be\b)(?!\s+not\b)/gi;

/** What the last statement says that has a number in it. */
function lastStated(text: string): string | undefined {
  let last: string | undefined;
  for (const match of text.matchAll(statement)) {
    const rest = restOfLine(text, match.index + match[0].length);
    const said = match[0].includes("{") ? upToBrace(rest) : sentenceOf(rest);
    last = valueSaid(said) ?? last;
  }
  return last;
}

/** `5 + 3 = 8` says 8: what comes after the last `=`, if that is a number; else the first number. */
const valueSaid = (said: string): string | undefined =>
  firstNumber(said.slice(said.lastIndexOf("=") + 1)) ?? firstNumber(said);

function upToBrace(text: string): string {
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return text.slice(0, at);
  }
  return text;
}

/** Up to the stop that ends a sentence, which is not the point of a decimal. */
const sentenceOf = (text: string): string => /^(?:[^.!?;]|\.(?=\d))*/.exec(text)![0];
