import type { Interval } from "./interval.ts";
import { wilsonInterval } from "./wilson.ts";

/**
 * 95 % interval of a mean of bounded values where every unit gave the same value, so that resampling the units gives
 * that value alone. At most a share u of all units gives another value, u being Wilson's upper limit for none of `units`;
 * those give the least possible value, or the greatest.
 * @param units independent ones, such as questions; may be a fraction where they do not weigh the same
 * @param bounds of a unit's value: 0 and 1 for a share, -1 and 1 for the difference of two
 */
export function sameValueInterval(value: number, units: number, bounds: Interval): Interval | null {
  const others = wilsonInterval(0, units)?.high;
  if (others === undefined) return null;
  return { low: value + others * (bounds.low - value), high: value + others * (bounds.high - value) };
}
