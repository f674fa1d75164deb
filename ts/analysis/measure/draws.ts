import {
  type Comparison,
  type Difference,
  type Metric,
  type MetricName,
  metricNames,
} from "../report/schema.ts";
import { bootstrapRatios } from "../statistics/bootstrap.ts";
import { discordant, mcnemarExact } from "../statistics/p-values.ts";
import type { signFlipTest } from "../statistics/sign-flip.ts";
import { testedMetrics } from "./paired-tests.ts";
import { differenceOfSeries, measure, type SeedSeries } from "./series.ts";
import type { ArmTallies } from "./tallies.ts";

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
  const of = ({ arms, draws }: MethodDraws, at: number): SeedSeries => ({
    seed: arms[at]!.arm.seed,
    tallies: arms[at]!.series[metric],
    draws: draws[metric][at]!,
  });
  return differenceOfSeries(
    seeds.map(([a, b]) => [of(method, a), of(baseline, b)]),
    testedMetrics.includes(metric) ? test : null,
  );
}

const sharedSeeds = (method: MethodDraws, baseline: MethodDraws): [number, number][] =>
  method.arms.flatMap(({ arm }, a) => {
    const b = baseline.arms.findIndex((other) => other.arm.seed === arm.seed);
    return b < 0 ? [] : [[a, b] as [number, number]];
  });
