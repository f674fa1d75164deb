/** Exact fractions, the denominator positive. */
import { normalNumber } from "./decimal.ts";

export interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** Undefined when it divides by zero. */
export const fraction = (numerator: bigint, denominator: bigint): Fraction | undefined =>
  denominator === 0n
    ? undefined
    : denominator < 0n
      ? { numerator: -numerator, denominator: -denominator }
      : { numerator, denominator };

/** Of a decimal (`-12.50`), or of a quotient of whole numbers (`3/4`). */
export function fractionOf(text: string): Fraction {
  const stroke = text.indexOf("/");
  if (stroke >= 0)
    return { numerator: BigInt(text.slice(0, stroke)), denominator: BigInt(text.slice(stroke + 1)) };
  const point = text.indexOf(".");
  if (point < 0) return { numerator: BigInt(text), denominator: 1n };
  const decimals = text.slice(point + 1);
  return {
    numerator: BigInt(text.slice(0, point) + decimals),
    denominator: 10n ** BigInt(decimals.length),
  };
}

/** The signs that Unicode has for fractions, as within a pattern's brackets. */
export const vulgarFractions = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞";

/** What one of {@link vulgarFractions} stands for: Unicode spells it as two numbers and U+2044. */
export const vulgarFraction = (sign: string): Fraction =>
  fractionOf(sign.normalize("NFKD").replace("⁄", "/"));

export const sum = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});

/** Times ten to this power. */
export function shifted({ numerator, denominator }: Fraction, zeros: number): Fraction {
  const power = 10n ** BigInt(Math.abs(zeros));
  return zeros >= 0
    ? { numerator: numerator * power, denominator }
    : { numerator, denominator: denominator * power };
}

export const equal = (a: Fraction, b: Fraction): boolean =>
  a.numerator * b.denominator === b.numerator * a.denominator;

/** Whether `b` is `a` rounded to `decimals` places, a half either way. */
export function roundsTo(a: Fraction, b: Fraction, decimals: number): boolean {
  const difference = absolute(a.numerator * b.denominator - b.numerator * a.denominator);
  return difference * 2n * 10n ** BigInt(decimals) <= a.denominator * b.denominator;
}

/** A decimal where the division ends (`0.75`), else the reduced fraction (`1/3`). */
export function normalForm({ numerator, denominator }: Fraction): string | undefined {
  const divisor = greatestCommonDivisor(absolute(numerator), denominator);
  const [n, d] = [numerator / divisor, denominator / divisor];
  let rest = d;
  let places = 0;
  for (; rest % 10n === 0n; rest /= 10n) places++;
  for (; rest % 2n === 0n; rest /= 2n) places++;
  for (; rest % 5n === 0n; rest /= 5n) places++;
  if (rest !== 1n) return `${n}/${d}`;
  const scaled = (n * 10n ** BigInt(places)) / d;
  const digits = String(absolute(scaled)).padStart(places + 1, "0");
  const written = `${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}`;
  return normalNumber(scaled < 0n ? `-${written}` : written) ?? undefined;
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
