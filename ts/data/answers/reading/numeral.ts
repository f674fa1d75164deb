/** The decimals in which numbers are written: `1,234.50`, `1 234`, `1'234`, `12,34,567`, `1_234`, `1.5e3`. */

import { normalNumber } from "../decimal.ts";
import { fraction, fractionOf, normalForm, shifted as tenfold } from "../fraction.ts";

/** Longest exponent that is worked out, and digits of the longest power. */
const mostZeros = 400;
/** Digits beyond which a number is part of no fraction or power: working with them takes time. */
export const mostDigits = 100;

const whole = /^\d+(?:\.\d+)?$|^\.\d+$|^0(?:,000)+$/;
// Threes after the first group; or, as in India, twos before the last three. No group starts with a lone zero.
const grouped: readonly RegExp[] = [
  /^(?!0)\d{1,3}(?:,\d{3})+(?:\.\d+)?$/,
  /^(?!0)\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$/,
  /^(?!0)\d{1,3}(?:[\p{Zs}\t]\d{3})+(?:\.\d+)?$/u,
  /^(?!0)\d{1,3}(?:['’ʼ]\d{3})+(?:\.\d+)?$/,
  /^(?!0)\d{1,3}(?:_\d{3})+(?:\.\d+)?$/,
];

/** Its value in its normal form; undefined where the groups of its digits make no number (`1,2`, `1.2.3`, `0,500`). */
export function decimalOf(written: string): string | undefined {
  const [mantissa = "", exponent] = written.split(/[eE]/);
  if (!whole.test(mantissa) && !grouped.some((form) => form.test(mantissa))) return undefined;
  const plain = mantissa.replaceAll(/[^\d.]/g, "");
  return exponent === undefined ? (normalNumber(plain) ?? undefined) : shifted(plain, Number(exponent));
}

/** Times ten to this power; undefined beyond what is worked out. */
export function shifted(value: string, zeros: number): string | undefined {
  if (value.length > mostDigits || Math.abs(zeros) > mostZeros) return undefined;
  return normalForm(tenfold(fractionOf(value), zeros));
}

export const negated = (value: string): string =>
  value === "0" ? value : value.startsWith("-") ? value.slice(1) : `-${value}`;

/** Undefined for a division by zero, and for numbers too long to be worked with. */
export function quotient(a: string, b: string): string | undefined {
  if (a.length > mostDigits || b.length > mostDigits) return undefined;
  const [above, below] = [fractionOf(a), fractionOf(b)];
  return ratio(above.numerator * below.denominator, above.denominator * below.numerator);
}

/** `2` and `3/4`: 2.75. Undefined where the part is no part of one, or the first no whole number. */
export function mixed(integer: string, part: string): string | undefined {
  if (!/^\d+$/.test(integer) || integer.length > mostDigits) return undefined;
  const { numerator, denominator } = fractionOf(part);
  if (numerator < 0n || numerator >= denominator) return undefined;
  return ratio(BigInt(integer) * denominator + numerator, denominator);
}

/** Of a whole exponent; undefined where the power is too long, or is of zero and not positive. */
export function powerOf(base: string, exponent: number): string | undefined {
  if (base.length * Math.abs(exponent) > mostZeros && !/^-?10?$/.test(base)) return undefined;
  if (Math.abs(exponent) > mostZeros || (base === "0" && exponent <= 0)) return undefined;
  const { numerator, denominator } = fractionOf(base);
  const [above, below] = [numerator ** BigInt(Math.abs(exponent)), denominator ** BigInt(Math.abs(exponent))];
  return exponent >= 0 ? ratio(above, below) : ratio(below, above);
}

function ratio(numerator: bigint, denominator: bigint): string | undefined {
  const value = fraction(numerator, denominator);
  return value && normalForm(value);
}
