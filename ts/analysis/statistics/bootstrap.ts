import { randomFrom } from "../../core/random.ts";
import type { Tally } from "../metrics/tally.ts";
import type { Interval } from "./interval.ts";

/** Enough for the second figure of a 95 % percentile interval to stand still. */
export const defaultResamples = 2000;

/**
 * Bootstrap (Efron 1979) over questions of several metrics at once. Each resample draws as many questions as there are, with
 * replacement, and is the same for every series: so the draws of two series can be subtracted one by one, which makes
 * the difference a paired one.
 * @param series each with one tally a question, all in the same order of questions
 * @returns for each series one value a resample; NaN where a resample left nothing below the line
 */
export function bootstrapRatios(
  series: readonly (readonly Tally[])[],
  seed: string | number,
  resamples = defaultResamples,
): Float64Array[] {
  const n = series[0]?.length ?? 0;
  if (series.some((tallies) => tallies.length !== n))
    throw new Error("bootstrap: all series must have one tally for each of the same questions");
  const columns = uniqueColumns(n);
  const tops = series.map((tallies) => columns.add(Float64Array.from(tallies, (tally) => tally.numerator)));
  const bottoms = series.map((tallies) =>
    columns.add(Float64Array.from(tallies, (tally) => tally.denominator)),
  );
  const draws = series.map(() => new Float64Array(resamples));
  const random = randomFrom("bootstrap over questions", seed);
  // Counts, but in floating point, as what they are multiplied with: converting each would take longer than adding it.
  const times = new Float64Array(n);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < n; i++) times[Math.floor(random.next() * n)]!++;
    const sums = columns.weighted(times);
    for (let s = 0; s < series.length; s++) draws[s]![resample] = sums[tops[s]!]! / sums[bottoms[s]!]!;
  }
  return draws;
}

/** Columns of numbers, equal ones once: most of the denominators are the same for all methods. */
function uniqueColumns(n: number) {
  const columns: Float64Array[] = [];
  const places = new Map<string, number[]>();
  return {
    /** @returns its place among the sums */
    add(column: Float64Array): number {
      // A few numbers tell most columns apart; those that agree in them are compared in full.
      const signature = `${column.reduce((sum, value) => sum + value, 0)} ${column[0]} ${column[n - 1]}`;
      const alike = places.get(signature) ?? [];
      const known = alike.find((place) => columns[place]!.every((value, i) => Object.is(value, column[i])));
      if (known !== undefined) return known;
      places.set(signature, [...alike, columns.length]);
      return columns.push(column) - 1;
    },
    /** Four columns at a time: each sum has to wait for its last addition, and the others can be done meanwhile. */
    weighted(times: Float64Array): Float64Array {
      const sums = new Float64Array(columns.length + 3);
      const column = (at: number): Float64Array => columns[Math.min(at, columns.length - 1)]!;
      for (let at = 0; at < columns.length; at += 4) {
        const [a, b, c, d] = [column(at), column(at + 1), column(at + 2), column(at + 3)];
        let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
        for (let i = 0; i < n; i++) {
          const weight = times[i]!;
          sumA += a[i]! * weight;
          sumB += b[i]! * weight;
          sumC += c[i]! * weight;
          sumD += d[i]! * weight;
        }
        sums.set([sumA, sumB, sumC, sumD], at);
      }
      return sums;
    },
  };
}

/** The middle 95 % of the draws (linear between order statistics); null when no draw has a value. */
export function percentileInterval(draws: Float64Array): Interval | null {
  const sorted = draws.filter(Number.isFinite).sort();
  if (sorted.length === 0) return null;
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** The quantile of values sorted upwards, linear between neighbours (type 7 of Hyndman and Fan). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const below = sorted[low]!;
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return below + (above - below) * (at - low);
}

/** Draw by draw: the mean of several series, as of one method's seeds. */
export function meanDraws(series: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(series[0]?.length ?? 0);
  for (const draws of series) for (let i = 0; i < mean.length; i++) mean[i]! += draws[i]! / series.length;
  return mean;
}

/** Draw by draw: a - b, the paired difference where both stem from the same resamples. */
export const differenceDraws = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((value, i) => value - b[i]!);
