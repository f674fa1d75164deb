import type { Interval } from "../generated/report.ts";

export type { Interval } from "../generated/report.ts";

export const includes = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

/** The 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a share (Wilson 1927): unlike p +- 1.96 sqrt(p(1-p)/n) it stays in [0, 1] and holds
 * its level near 0 and 1 and for small n. Null without trials.
 */
export function wilsonInterval(successes: number, trials: number): Interval | null {
  if (trials <= 0) return null;
  const share = successes / trials;
  const centre = share + z ** 2 / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return {
    low: successes <= 0 ? 0 : (centre - spread) / scale,
    high: successes >= trials ? 1 : (centre + spread) / scale,
  };
}

/**
 * 95 % interval of a mean of bounded values where every unit gave the same value, so that resampling the units gives
 * that value alone. At most a share u of all units gives another value, u being Wilson's upper limit for none of `units`;
 * those give the least possible value, or the greatest.
 * @param units independent ones, such as questions; may be a fraction where they do not weigh the same
 * @param bounds of a unit's value: 0 and 1 for a share, -1 and 1 for the difference of two
 */
export function sameValueInterval(value: number, units: number, bounds: Interval): Interval | null {
  const otherwise = wilsonInterval(0, units)?.high;
  if (otherwise === undefined) return null;
  return { low: value + otherwise * (bounds.low - value), high: value + otherwise * (bounds.high - value) };
}

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
