import type { Interval } from "./interval.ts";

/** A number that was measured apart from the others, with its 95 % interval. */
export interface Part {
  value: number;
  interval: Interval;
}

/**
 * 95 % interval of the mean of independent numbers, from the interval of each: the distances from the values to their
 * lower limits add up as independent errors do, and so do those to the upper ones (MOVER: Zou, Huang and Zhang 2009, "A
 * note on confidence interval estimation for a linear function of binomial proportions"). So it is as honest as the parts'
 * own: with Wilson's, a part of which none was right still says how far it could be from 0.
 */
export function meanInterval(parts: readonly Part[]): Interval | null {
  if (parts.length === 0) return null;
  const mean = parts.reduce((sum, { value }) => sum + value, 0) / parts.length;
  const spread = (end: keyof Interval): number =>
    Math.hypot(...parts.map(({ value, interval }) => value - interval[end])) / parts.length;
  return { low: mean - spread("low"), high: mean + spread("high") };
}
