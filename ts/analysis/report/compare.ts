import { ratio, type Tally, total } from "../metrics/tally.ts";
import { bootstrapRatios, differenceDraws, meanDraws, percentileInterval } from "../statistics/bootstrap.ts";
import { type Interval, includes } from "../statistics/interval.ts";
import { mcnemarExact } from "../statistics/mcnemar.ts";
import { overSeeds } from "../statistics/seeds.ts";
import type { signFlipTest } from "../statistics/signFlip.ts";
import { wilsonInterval } from "../statistics/wilson.ts";
import type { ArmTallies } from "./armTallies.ts";
import { testedMetrics, unitDifferences } from "./pairedTests.ts";
import { type Comparison, type Difference, type Metric, type MetricName, metricNames } from "./schema.ts";

/** A method's arms, one a seed, with the bootstrap draws of every metric; all arms share their resamples. */
export interface MethodDraws {
  arms: ArmTallies[];
  draws: Record<MetricName, Float64Array[]>;
  /** Questions do not weigh the same: Wilson's interval and McNemar's test, which count questions, do not apply. */
  weighted?: boolean;
}

/** One bootstrap over questions for all methods and metrics of a run. */
export function drawAll(
  methods: readonly ArmTallies[][],
  seed: string | number,
  resamples: number,
): MethodDraws[] {
  const arms = methods.flat();
  const all = bootstrapRatios(
    arms.flatMap((arm) => metricNames.map((name) => arm.series[name])),
    seed,
    resamples,
  );
  let at = 0;
  return methods.map((armsOfMethod) => {
    const perArm = armsOfMethod.map(() => metricNames.map(() => all[at++]!));
    const draws = Object.fromEntries(metricNames.map((name, m) => [name, perArm.map((arm) => arm[m]!)]));
    return { arms: armsOfMethod, draws: draws as Record<MetricName, Float64Array[]> };
  });
}

/** A metric of one method. Greedy accuracy is a plain share of questions. */
export const metricOf = ({ arms, draws, weighted = false }: MethodDraws, name: MetricName): Metric =>
  measure(
    arms.map(({ arm, series }, at) => ({ seed: arm.seed, tallies: series[name], draws: draws[name][at]! })),
    name === "accuracy" && !weighted,
  );

/**
 * A metric from its tallies and bootstrap draws, seed by seed. A share of questions has Wilson's interval where there is
 * one seed. Everything else (pairs and samples of one question hang together) is resampled question by question.
 */
export function measure(
  seeds: readonly { seed: number; tallies: readonly Tally[]; draws: Float64Array }[],
  shareOfQuestions: boolean,
): Metric {
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

type SignFlipTest = ReturnType<typeof signFlipTest>;

/** One method against a baseline: on the same questions, and seed by seed where both ran with the seed. */
export function compare(
  method: MethodDraws,
  baseline: MethodDraws,
  name: string,
  role: Comparison["role"],
  test: SignFlipTest,
): Comparison {
  const shared = method.weighted === true ? [] : sharedSeeds(method, baseline);
  const mcnemar = shared.map(([a, b]) => {
    const pair = discordant(method.arms[a]!.series.accuracy, baseline.arms[b]!.series.accuracy);
    return { seed: method.arms[a]!.arm.seed, ...pair, p: mcnemarExact(pair.onlyThis, pair.onlyBaseline) };
  });
  // With one seed the sign-flip test of right and wrong answers is McNemar's, which needs no draws.
  const exact = mcnemar.length === 1 ? mcnemar[0]!.p : undefined;
  const all = metricNames.map((metric) => {
    const own = metric === "accuracy" && exact !== undefined ? () => exact : test;
    return [metric, differenceOf(method, baseline, metric, own)] as const;
  });
  const differences = Object.fromEntries(all) as Record<MetricName, Difference>;
  return { baseline: name, role, differences, mcnemar };
}

function differenceOf(
  method: MethodDraws,
  baseline: MethodDraws,
  metric: MetricName,
  test: SignFlipTest,
): Difference {
  const seeds = sharedSeeds(method, baseline);
  const values = seeds.map(([a, b]) => {
    const mine = ratio(method.arms[a]!.series[metric]);
    const theirs = ratio(baseline.arms[b]!.series[metric]);
    return mine === null || theirs === null ? null : mine - theirs;
  });
  const draws = seeds.map(([a, b]) => differenceDraws(method.draws[metric][a]!, baseline.draws[metric][b]!));
  const interval = bootstrapInterval(
    meanDraws(draws),
    seeds.flatMap(([a, b]) => [method.arms[a]!.series[metric], baseline.arms[b]!.series[metric]]),
  );
  const spread = spreadOf(values);
  const units = testedMetrics.includes(metric)
    ? unitDifferences(
        seeds.map(([a, b]) => [method.arms[a]!.series[metric], baseline.arms[b]!.series[metric]]),
      )
    : null;
  const p = units && test(units);
  const known: Interval[] = [interval, spread].filter((one) => one !== null);
  return {
    value: meanOf(values),
    interval,
    overSeeds: spread,
    // The bootstrap is too narrow where few questions differ: the test must agree.
    clear: known.length > 0 && known.every((one) => !includes(one, 0)) && (p === null || p < 0.05),
    p,
    pHolm: null,
  };
}

/** A handful of questions, resampled, says nothing of the others: one alone would give an interval of width 0. */
const fewestQuestions = 5;

const bootstrapInterval = (draws: Float64Array, series: readonly (readonly Tally[])[]): Interval | null =>
  series.every(enoughQuestions) ? percentileInterval(draws) : null;

/** Whether there are questions enough with a share in a metric for resampling them to mean anything. */
export const enoughQuestions = (tallies: readonly Tally[]): boolean =>
  tallies.filter(({ denominator }) => denominator > 0).length >= fewestQuestions;

const sharedSeeds = (method: MethodDraws, baseline: MethodDraws): [number, number][] =>
  method.arms.flatMap(({ arm }, a) => {
    const b = baseline.arms.findIndex((other) => other.arm.seed === arm.seed);
    return b < 0 ? [] : [[a, b] as [number, number]];
  });

function discordant(mine: readonly Tally[], theirs: readonly Tally[]) {
  let onlyThis = 0;
  let onlyBaseline = 0;
  for (const [at, { numerator, denominator }] of mine.entries()) {
    const other = theirs[at]!;
    if (denominator === 0 || other.denominator === 0) continue;
    if (numerator > other.numerator) onlyThis++;
    if (numerator < other.numerator) onlyBaseline++;
  }
  return { onlyThis, onlyBaseline };
}

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
