/** Decimals by their digits, exact at any length. */

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
