/** Numbers as people write them within a sum: `1,200`, `1 000`, `1.000,50`, `1,00,000`, `3 1/2`, `2½`, `2e3`. */
import { normalNumber } from "../answers/decimal.ts";
import {
  type Fraction,
  fractionOf,
  normalForm,
  shifted,
  sum,
  vulgarFraction,
  vulgarFractions,
} from "../answers/fraction.ts";

export interface Numeral {
  /** Its normal form. */
  text: string;
  /** With a point before the decimals, where it can be read so. */
  point: Fraction | undefined;
  /** With a comma before the decimals, where it can be read so. */
  comma: Fraction | undefined;
  /** Digits after the point or comma that is read. */
  decimals: number;
  /** Digits in all, where it is written in digits alone. */
  digits?: number;
  doubtful?: boolean;
}

export const negative = (numeral: Numeral): Numeral => ({
  ...numeral,
  text: numeral.text === "0" ? "0" : `-${numeral.text}`,
  point: numeral.point && minus(numeral.point),
  comma: numeral.comma && minus(numeral.comma),
});
const minus = ({ numerator, denominator }: Fraction): Fraction => ({ numerator: -numerator, denominator });

const alone = new RegExp(`[${vulgarFractions}]`, "y");
const partAfter = new RegExp(`[ \\u00A0\\u2009\\u202F]?([${vulgarFractions}])`, "y");
const mixedPart = / (\d{1,9})[/⁄∕](\d{1,9})(?![\d.,:/⁄∕]\d|\d)/y;
const digits = /(?:\d+(?:(?:[.,'’_]|\\,|\{,\})\d+)*|\.\d+)/y;
/** Groups of three with spaces of any kind between; a plain space can also part two numbers. */
const spacedGroups = /\d{1,3}(?:([ \u00A0\u2009\u202F])\d{3})(?:\1\d{3})*(?:[.,]\d+)?(?![\d:]|[.,/]\d)/y;
const exponent = /[eE]([+-]?\d{1,3})(?![\p{L}\p{N}_.])/uy;
/** Most numbers: digits, and nothing after them that could belong to them. */
const plainest = /(?:0|[1-9]\d{0,14})(?![\d'’_:\\{eE¼-¾⅐-⅞\u00A0\u2009\u202F]|[.,]\d| [\d¼-¾⅐-⅞])/y;
/** `9:00`, `3:4`. */
const colon = /(?::\d+)+/y;

const vulgarCodes = new Set([...vulgarFractions].map((sign) => sign.charCodeAt(0)));
const beginsNumeral = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 46 || (code > 127 && vulgarCodes.has(code));

/** Digits beyond which a number is not read. */
const mostDigits = 100;

/** The number that begins here, and where it ends; without a value where it is no number of a known form. */
export function numeralAt(text: string, at: number): { value: Numeral | undefined; end: number } | undefined {
  if (!beginsNumeral(text.charCodeAt(at))) return undefined;
  const short = match(plainest, text, at)?.[0];
  if (short !== undefined) {
    const value = { numerator: BigInt(short), denominator: 1n };
    const plain = { text: short, point: value, comma: value, decimals: 0, digits: short.length };
    return { value: plain, end: at + short.length };
  }
  const single = match(alone, text, at);
  if (single !== null) return { value: exact(vulgarFraction(single[0])), end: at + 1 };
  const grouped = match(spacedGroups, text, at);
  const written = (grouped ?? match(digits, text, at))?.[0];
  if (written === undefined) return undefined;
  let end = at + written.length;
  const timed = match(colon, text, end);
  if (timed !== null) return { value: undefined, end: end + timed[0].length };
  const value = written.length > mostDigits ? undefined : readingOf(written);
  if (value === undefined) return { value, end };
  if (grouped?.[1] === " " || value.point === undefined) value.doubtful = true;
  const scaled = match(exponent, text, end);
  if (scaled !== null && value.point !== undefined) {
    end += scaled[0].length;
    return { value: exact(shifted(value.point, Number(scaled[1]))), end };
  }
  if (!/^\d+$/.test(written)) return { value, end };
  value.digits = written.length;
  const part = match(partAfter, text, end);
  if (part !== null)
    return { value: exact(sum(value.point!, vulgarFraction(part[1]!))), end: end + part[0].length };
  const mixed = match(mixedPart, text, end);
  if (mixed === null || BigInt(mixed[1]!) >= BigInt(mixed[2]!)) return { value, end };
  const whole = sum(value.point!, { numerator: BigInt(mixed[1]!), denominator: BigInt(mixed[2]!) });
  // `day 3 1/2 + ...` could be two numbers.
  return { value: { ...exact(whole), doubtful: true }, end: end + mixed[0].length };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const american =
  /^(?:\d{1,3}(?:([,'’ ])\d{3}(?:\1\d{3})*)|\d{1,2}(?:,\d{2})+,\d{3}|\d+(?:_\d+)*)(\.\d+)?$|^(\.\d+)$/;
const european = /^(?:\d{1,3}(?:([.'’ ])\d{3}(?:\1\d{3})*)|\d+)(,\d+)?$/;

function readingOf(written: string): Numeral | undefined {
  const plain = written.replaceAll("{,}", ",").replaceAll(/\\,|\s/g, " ");
  const [point, comma] = [american.exec(plain), european.exec(plain)];
  if (point === null && comma === null) return undefined;
  const bare = (separator: string): string => {
    const [whole = "", part = ""] = plain.split(separator);
    const decimals = part === "" ? "" : `.${part}`;
    return `${whole.replaceAll(/\D/g, "") || "0"}${decimals}`;
  };
  const read = point === null ? undefined : bare(".");
  const other = comma === null ? undefined : bare(",");
  const decimals = point === null ? comma![2] : (point[2] ?? point[3]);
  return {
    text: normalNumber((read ?? other)!) ?? written,
    point: read === undefined ? undefined : fractionOf(read),
    comma: other === undefined ? undefined : fractionOf(other),
    decimals: Math.max(0, (decimals?.length ?? 0) - 1),
  };
}

/** A number that is not written in decimals, so the same either way. */
const exact = (value: Fraction): Numeral => ({
  text: normalForm(value) ?? "",
  point: value,
  comma: value,
  decimals: 0,
});
