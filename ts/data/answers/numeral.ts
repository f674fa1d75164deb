/** Reading one number at one place of a text, in the forms of {@link ./number.ts}. */
import { fraction, fractionOf, normalForm } from "./fraction.ts";
import { normalNumber } from "./gsm8k.ts";

export interface Numeral {
  /** Normal form; undefined for what looks like a number and is none (`1/2/2026`, `1/0`). */
  value: string | undefined;
  end: number;
}

// Sticky: each is tried at one place. No quantifier stands inside another but over groups of three digits.
const decimal = /(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+/y;
const over = / ?[/⁄] ?(\d{1,40})(?!\d|[.,]\d)/y;
const mixedPart = /(?: | and )(\d{1,40})[/⁄](\d{1,40})(?!\d|[.,/]\d)/y;
const latexFraction = /\\[dt]?frac\s?(?:\{(-?\d{1,40})\}\s?\{(\d{1,40})\}|(\d)\s?(\d))/y;
const exponent =
  /[eE]([+-]?\d{1,3})(?!\w|\.\d)| ?(?:[x×*·]|\\times|\\cdot) ?10(?:\^|\*\*) ?\{?([+\-−]?\d{1,3})\}?/y;
const chained = /(?:[/.,:]\d+)+/y;

/** Longest exponent that is worked out. */
const mostZeros = 400;
/** Digits beyond which a number is not part of a fraction or a power. */
const mostDigits = 100;

/** The number that begins at this place, a sign or `$` before it included; undefined where none begins. */
export function readNumberAt(text: string, start: number): Numeral | undefined {
  if (/[\p{L}\d_]/u.test(text[start - 1] ?? "") && !isScript(text, start)) return undefined;
  let at = start;
  let negative = false;
  if (isMinus(text[at]) && !/[\w)\]}%]/.test(text[at - 1] ?? "")) {
    negative = true;
    at++;
  }
  if (currency.has(text[at] ?? "")) at++;
  if (!negative && isMinus(text[at]) && at > start) {
    negative = true;
    at++;
  }
  const read = fractionAt(text, at) ?? decimalAt(text, at);
  if (read === undefined) return undefined;
  const { value } = read;
  return { ...read, value: value === undefined || !negative ? value : negated(value) };
}

const currency = new Set(["$", "€", "£", "¥", "₹"]);
const isMinus = (character: string | undefined): boolean => character === "-" || character === "−";
/** After `_` or a letter no number begins: `x2`, `H2O`. A LaTeX command does. */
const isScript = (text: string, start: number): boolean => text[start] === "\\";
const negated = (value: string): string =>
  value === "0" ? value : value.startsWith("-") ? value.slice(1) : `-${value}`;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function fractionAt(text: string, at: number): Numeral | undefined {
  if (text[at] !== "\\") return undefined;
  const latex = match(latexFraction, text, at);
  if (latex === null) return undefined;
  const [whole, a, b, c, d] = latex;
  return { value: quotient(BigInt((a ?? c)!), BigInt((b ?? d)!)), end: at + whole.length };
}

function decimalAt(text: string, at: number): Numeral | undefined {
  const first = text[at];
  if (first === undefined || !(isDigit(first) || (first === "." && isDigit(text[at + 1] ?? ""))))
    return undefined;
  const number = match(decimal, text, at)![0];
  const end = at + number.length;
  const integer = number.includes(".") || number.length > mostDigits ? undefined : number.replaceAll(",", "");
  if (integer !== undefined) {
    const mixed = match(mixedPart, text, end);
    if (mixed !== null && BigInt(mixed[1]!) < BigInt(mixed[2]!)) {
      const [part, a, b] = mixed;
      const whole = BigInt(integer) * BigInt(b!) + BigInt(a!);
      return { value: quotient(whole, BigInt(b!)), end: end + part.length };
    }
    const latex = fractionAt(text, end);
    if (latex?.value !== undefined) {
      const { numerator, denominator } = fractionOf(latex.value);
      return { value: quotient(BigInt(integer) * denominator + numerator, denominator), end: latex.end };
    }
    const divided = match(over, text, end);
    // `1/2/2026` is a date.
    if (divided !== null && !/^[/]\d/.test(text.slice(end + divided[0].length, end + divided[0].length + 2)))
      return { value: quotient(BigInt(integer), BigInt(divided[1]!)), end: end + divided[0].length };
  }
  const power = number.length > mostDigits ? null : match(exponent, text, end);
  if (power !== null) {
    const zeros = Number((power[1] ?? power[2])!.replace("−", "-"));
    if (Math.abs(zeros) <= mostZeros)
      return { value: shifted(number.replaceAll(",", ""), zeros), end: end + power[0].length };
  }
  const more = match(chained, text, end);
  if (more !== null && more[0].length > 0) return { value: undefined, end: end + more[0].length };
  return { value: normalNumber(number) ?? undefined, end };
}

const isDigit = (character: string): boolean => character >= "0" && character <= "9";

function shifted(number: string, zeros: number): string | undefined {
  const { numerator, denominator } = fractionOf(number);
  const power = 10n ** BigInt(Math.abs(zeros));
  return zeros >= 0 ? quotient(numerator * power, denominator) : quotient(numerator, denominator * power);
}

function quotient(numerator: bigint, denominator: bigint): string | undefined {
  const value = fraction(numerator, denominator);
  return value && normalForm(value);
}
