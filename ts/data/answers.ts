/**
 * Numeric final answers, found and compared by GSM8K's two rules. Both patterns run in time linear in the
 * text: neither has a quantifier inside a quantifier, and no match is tried twice from one place.
 */

/** Strict: the number after the first `#### `. Flexible: the last thing in the text that looks like a number. */
export type ExtractMode = "strict" | "flexible";
export const extractModes: readonly ExtractMode[] = ["strict", "flexible"];

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
  const found = mode === "strict" ? firstStrict(text) : lastFlexible(text);
  return found === undefined ? null : normalNumber(found);
}

const firstStrict = (text: string): string | undefined => new RegExp(numberPatterns.strict).exec(text)?.[1];

function lastFlexible(text: string): string | undefined {
  const pattern = new RegExp(numberPatterns.flexible, "g");
  let last: string | undefined;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) last = match[0];
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
