import type { Interval } from "./statistics/interval.ts";

const dash = "–";
const minus = "−";

/** A share as percent with one decimal, without the sign: 60.2. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? dash : (100 * share).toFixed(digits);

/** A difference of shares in percentage points, with its sign: +2.1, −0.4. */
export function points(difference: number | null | undefined, digits = 1): string {
  if (difference === null || difference === undefined) return dash;
  const text = Math.abs(100 * difference).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${difference < 0 ? minus : "+"}${text}`;
}

/** A perplexity or a score with three decimals and a true minus sign. */
export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return dash;
  return value < 0 && Number(value.toFixed(digits)) !== 0
    ? `${minus}${(-value).toFixed(digits)}`
    : Math.abs(value).toFixed(digits);
}

export function signed(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return dash;
  return value > 0 && Number(value.toFixed(digits)) !== 0
    ? `+${decimal(value, digits)}`
    : decimal(value, digits);
}

/** `p = 0.031`, `p < 0.001`; the name can say more, as `Holm p`. */
export const pValue = (p: number, name = "p"): string =>
  p < 0.001 ? `${name} < 0.001` : `${name} = ${p.toFixed(3)}`;

/** `[57.1, 63.2]`; empty where there is none. */
export const range = (interval: Interval | null, format: (value: number) => string): string =>
  interval === null ? "" : `[${format(interval.low)}, ${format(interval.high)}]`;

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

export const plural = (n: number, singular: string, many = `${singular}s`): string =>
  `${whole(n)} ${n === 1 ? singular : many}`;
