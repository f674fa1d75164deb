import { quantile } from "./bootstrap.ts";
import type { Interval } from "./interval.ts";

const level = 0.95;
/** On either side, of a number by itself. */
const widest = 0.025;

/**
 * Simultaneous 95 % intervals of several numbers from bootstrap draws that share their resamples: each is the percentile
 * interval of one tail share, the largest at which 95 % of the resamples lie within all intervals at once (the
 * quantile-based sup-t band: Montiel Olea and Plagborg-Møller 2019, "Simultaneous confidence bands: theory, implementation,
 * and an application to SVARs", algorithm 2). Of one number it is the usual percentile interval.
 * @param series one array of draws a number, all of one length; draws that are no number are left out
 */
export function simultaneousIntervals(series: readonly Float64Array[]): Interval[] {
  const sorted = series.map((draws) => draws.filter(Number.isFinite).sort());
  const at = (tail: number): Interval[] =>
    sorted.map((values) => ({ low: quantile(values, tail), high: quantile(values, 1 - tail) }));
  if (series.length < 2 || coverage(series, at(widest)) >= level) return at(widest);
  let [outer, inner] = [0, widest];
  // Finer than one draw of ten thousand.
  for (let halving = 0; halving < 20; halving++) {
    const tail = (outer + inner) / 2;
    if (coverage(series, at(tail)) >= level) outer = tail;
    else inner = tail;
  }
  return at(outer);
}

/** The share of the resamples that lie within all intervals. */
function coverage(series: readonly Float64Array[], intervals: readonly Interval[]): number {
  const resamples = series[0]!.length;
  const isOutside = new Uint8Array(resamples);
  for (const [which, draws] of series.entries()) {
    const { low, high } = intervals[which]!;
    for (let at = 0; at < resamples; at++) if (draws[at]! < low || draws[at]! > high) isOutside[at] = 1;
  }
  return 1 - isOutside.reduce((sum, outside) => sum + outside, 0) / resamples;
}
