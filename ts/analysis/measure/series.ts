import type { Difference, Metric } from "../generated/report.ts";
import { ratio, type Tally, total } from "../metrics/tally.ts";
import { differenceDraws, meanDraws, percentileInterval } from "../statistics/bootstrap.ts";
import { type Interval, includes, sameValueInterval, wilsonInterval } from "../statistics/interval.ts";
import { overSeeds } from "../statistics/seeds.ts";
import { unitDifferences } from "./paired-tests.ts";
import { drawnFrom } from "./verdicts.ts";

/** One number of one method under one seed: a tally a question, and its bootstrap draws over these questions. */
export interface SeedSeries {
  seed: number;
  tallies: readonly Tally[];
  draws: Float64Array;
}

/**
 * A metric from its tallies and bootstrap draws, seed by seed. A share of questions has Wilson's interval where there is
 * one seed. Everything else (pairs and samples of one question hang together) is resampled question by question; where
 * all questions gave the same, `bootstrapInterval` says what that leaves open.
 */
export function measure(seeds: readonly SeedSeries[], shareOfQuestions: boolean): Metric {
  const perSeed = seeds.map(({ seed, tallies, draws }) => ({
    seed,
    value: ratio(tallies),
    // Weights can leave a count a last digit away from a whole number.
    n: Math.round(total(tallies)),
    interval: shareOfQuestions ? wilson(tallies) : bootstrapInterval(draws, [tallies]),
  }));
  const values = perSeed.map(({ value }) => value);
  const single = perSeed.length === 1;
  return {
    value: meanOf(values),
    interval: single
      ? perSeed[0]!.interval
      : bootstrapInterval(
          meanDraws(seeds.map(({ draws }) => draws)),
          seeds.map(({ tallies }) => tallies),
        ),
    intervalMethod: single && shareOfQuestions ? "wilson" : "bootstrap",
    perSeed,
    overSeeds: spreadOf(values),
  };
}

/**
 * The paired difference of two numbers, seed by seed from the same resamples of the same questions.
 * @param seeds for each seed that both have, method and baseline
 * @param test of the questions' differences; null: not tested
 */
export function differenceOfSeries(
  seeds: readonly (readonly [method: SeedSeries, baseline: SeedSeries])[],
  test: ((units: Float64Array) => number) | null,
): Difference {
  const values = seeds.map(([method, baseline]) => {
    const [a, b] = [ratio(method.tallies), ratio(baseline.tallies)];
    return a === null || b === null ? null : a - b;
  });
  const draws = meanDraws(seeds.map(([method, baseline]) => differenceDraws(method.draws, baseline.draws)));
  const interval = bootstrapInterval(
    draws,
    seeds.flatMap(([method, baseline]) => [method.tallies, baseline.tallies]),
    -1,
  );
  const spread = spreadOf(values);
  const units =
    test && unitDifferences(seeds.map(([method, baseline]) => [method.tallies, baseline.tallies]));
  const p = test && units && test(units);
  const difference = {
    value: meanOf(values),
    interval,
    overSeeds: spread,
    clear: isClear(interval, spread, p),
    p,
    pHolm: null,
  };
  return drawnFrom(difference, draws);
}

/** The bootstrap is too narrow where few questions differ: the test must agree. */
export function isClear(interval: Interval | null, overSeeds: Interval | null, p: number | null): boolean {
  const known = [interval, overSeeds].filter((interval) => interval !== null);
  return known.length > 0 && known.every((interval) => !includes(interval, 0)) && (p === null || p < 0.05);
}

/** Two methods' series under the seeds that both ran with. */
export const pairedSeeds = (
  method: readonly SeedSeries[],
  baseline: readonly SeedSeries[],
): (readonly [SeedSeries, SeedSeries])[] =>
  method.flatMap((series) => {
    const paired = baseline.find(({ seed }) => seed === series.seed);
    return paired === undefined ? [] : [[series, paired] as const];
  });

/** A handful of questions, resampled, says nothing of the others: one alone would give an interval of width 0. */
const fewestQuestions = 5;

/**
 * The percentile interval of bootstrap draws; null for few questions. Draws that are all the same (every question is wrong,
 * or every pair in order) have no spread to go by: for a share the interval is then that of a value which no question
 * departs from; what has no upper bound, as a perplexity, has none.
 * @param least the lowest value of a question: 0 for a share, -1 for the difference of two
 */
export function bootstrapInterval(
  draws: Float64Array,
  series: readonly (readonly Tally[])[],
  least: 0 | -1 = 0,
): Interval | null {
  if (!series.every(enoughQuestions)) return null;
  const interval = percentileInterval(draws);
  if (interval === null || !isOneValue(draws)) return interval;
  if (!series.every(isShare)) return null;
  const questions = Math.min(...series.map(independentQuestions));
  return sameValueInterval(interval.low, questions, { low: least, high: 1 });
}

/** But for rounding, which differs with the order of a sum. */
function isOneValue(draws: Float64Array): boolean {
  const known = draws.filter(Number.isFinite);
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  return high - low <= 1e-12 * Math.max(1, Math.abs(high));
}

const isShare = (tallies: readonly Tally[]): boolean =>
  tallies.every(({ numerator, denominator }) => numerator >= 0 && numerator <= denominator);

/** Questions that weigh more than others are fewer: as many as there would be if all weighed what the heaviest does. */
const independentQuestions = (tallies: readonly Tally[]): number =>
  total(tallies) / tallies.reduce((most, { denominator }) => Math.max(most, denominator), 0);

/** Whether there are questions enough with a share in a metric for resampling them to mean anything. */
const enoughQuestions = (tallies: readonly Tally[]): boolean =>
  tallies.filter(({ denominator }) => denominator > 0).length >= fewestQuestions;

const wilson = (tallies: readonly Tally[]): Interval | null =>
  wilsonInterval(
    tallies.reduce((sum, tally) => sum + tally.numerator, 0),
    total(tallies),
  );

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** Null as soon as one seed has no value: a mean over other seeds would be of something else. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = present(values);
  if (known.length === 0 || known.length < values.length) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

const spreadOf = (values: readonly (number | null)[]) =>
  present(values).length < values.length ? null : overSeeds(present(values));
