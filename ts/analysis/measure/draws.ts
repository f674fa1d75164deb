/** Every metric of every method, with intervals and paired differences, from one bootstrap over a run's questions. */
import { defined } from "../../core/defined.ts";
import type { Comparison, Difference, Measured, Metric, MetricName } from "../generated/report.ts";
import { roleOf } from "../run/roles.ts";
import { extractModes, type MethodInfo, type RunData } from "../run/run-data.ts";
import { bootstrapRatios } from "../statistics/bootstrap.ts";
import { discordant, mcnemarExact } from "../statistics/p-values.ts";
import type { signFlipTest } from "../statistics/sign-flip.ts";
import { testedMetrics } from "./paired-tests.ts";
import { metricNames } from "./schema.ts";
import { differenceOfSeries, measure, pairedSeeds, type SeedSeries } from "./series.ts";
import { type ArmTallies, questionIds, tallyArm } from "./tallies.ts";

export type SignFlipTest = ReturnType<typeof signFlipTest>;

/** By what a feature's own resamples are drawn, how many, and the test of the questions' differences. */
export interface Resampling {
  seed: string;
  resamples: number;
  test: SignFlipTest;
}

/** A method's arms, one a seed, with the bootstrap draws of every metric; all arms share their resamples. */
export interface MethodDraws {
  arms: ArmTallies[];
  draws: Record<MetricName, Float64Array[]>;
  /** Questions do not weigh the same: Wilson's interval and McNemar's test, which count questions, do not apply. */
  isWeighted?: boolean;
}

/** The methods that were evaluated, with their tallies and bootstrap draws on the questions of a run. */
export interface Drawn {
  questions: number;
  methods: MethodInfo[];
  /** One entry a method. */
  draws: MethodDraws[];
  /** What the resamples were drawn by, and how many. */
  seed: string;
  resamples: number;
}

/** In the run's order; a method without an arm was not evaluated. */
export const evaluatedMethods = ({ methods, arms }: RunData): MethodInfo[] =>
  methods.filter(({ name }) => arms.some(({ method }) => method === name));

export function drawRun(run: RunData, seed: string, resamples: number): Drawn {
  const ids = questionIds(run);
  const methods = evaluatedMethods(run);
  const tallies = methods.map(({ name }) =>
    run.arms.filter(({ method }) => method === name).map((arm) => tallyArm(arm, ids)),
  );
  return { questions: ids.length, methods, draws: drawAll(tallies, seed, resamples), seed, resamples };
}

/**
 * One bootstrap over questions for all methods and metrics of a run.
 * @param metrics the only ones that have draws
 */
export function drawAll(
  methods: readonly ArmTallies[][],
  seed: string | number,
  resamples: number,
  metrics: readonly MetricName[] = metricNames,
): MethodDraws[] {
  const drawn = bootstrapRatios(
    methods.flat().flatMap(({ series }) => metrics.map((name) => series[name])),
    seed,
    resamples,
  );
  let next = 0;
  return methods.map((arms) => {
    const perArm = arms.map(() => new Map(metrics.map((name) => [name, drawn[next++]!])));
    return { arms, draws: ofEachMetric((name) => perArm.flatMap((draws) => draws.get(name) ?? [])) };
  });
}

export const ofEachMetric = <T>(measured: (name: MetricName, at: number) => T): Record<MetricName, T> =>
  Object.fromEntries(metricNames.map((name, at) => [name, measured(name, at)])) as Record<MetricName, T>;

/** One metric of a method's arm. */
const seriesOf = ({ arms, draws }: MethodDraws, metric: MetricName, at: number): SeedSeries => ({
  seed: arms[at]!.arm.seed,
  tallies: arms[at]!.series[metric],
  draws: draws[metric][at]!,
});

const allSeries = (method: MethodDraws, metric: MetricName): SeedSeries[] =>
  method.arms.map((_, at) => seriesOf(method, metric, at));

/** A metric of one method. Greedy accuracy is a plain share of questions. */
export const metricOf = (method: MethodDraws, name: MetricName): Metric =>
  measure(allSeries(method, name), name === "accuracy" && method.isWeighted !== true);

/** One method against a baseline: on the same questions, and seed by seed where both ran with the seed. */
export function compare(
  method: MethodDraws,
  baseline: { name: string; role: Comparison["role"]; drawn: MethodDraws },
  test: SignFlipTest,
): Comparison {
  return {
    baseline: baseline.name,
    role: baseline.role,
    differences: ofEachMetric((metric) => differenceIn(metric, method, baseline.drawn, test)),
    mcnemar: mcnemarBySeed(method, baseline.drawn),
  };
}

/** The same by one metric alone. */
export function differenceIn(
  metric: MetricName,
  method: MethodDraws,
  baseline: MethodDraws,
  test: SignFlipTest,
): Difference {
  const pairs = pairedSeeds(allSeries(method, metric), allSeries(baseline, metric));
  if (!testedMetrics.includes(metric)) return differenceOfSeries(pairs, null);
  // With one seed the sign-flip test of right and wrong answers is McNemar's, which needs no draws.
  const exact = metric === "accuracy" ? mcnemarBySeed(method, baseline) : [];
  return differenceOfSeries(pairs, exact.length === 1 ? () => exact[0]!.p : test);
}

const mcnemarBySeed = (method: MethodDraws, baseline: MethodDraws): Comparison["mcnemar"] =>
  method.isWeighted === true
    ? []
    : pairedSeeds(allSeries(method, "accuracy"), allSeries(baseline, "accuracy")).map(([mine, theirs]) => {
        const counts = discordant(mine.tallies, theirs.tallies);
        return { seed: mine.seed, ...counts, p: mcnemarExact(counts.onlyThis, counts.onlyBaseline) };
      });

/** Every metric of every method with its differences to both baselines; p not yet adjusted. */
export function measureAll(drawn: Drawn, test: SignFlipTest): Measured[] {
  const { methods, draws } = drawn;
  const byModes = byModeOfAll(drawn);
  return methods.map(
    ({ name, label }, at): Measured => ({
      name,
      label,
      metrics: ofEachMetric((metric) => metricOf(draws[at]!, metric)),
      ...defined({ byMode: byModes[at] }),
      comparisons: (["continued", "kept"] as const).flatMap((role) => {
        const other = methods.findIndex((candidate) => roleOf(candidate) === role);
        return other < 0 || other === at
          ? []
          : [compare(draws[at]!, { name: methods[other]!.name, role, drawn: draws[other]! }, test)];
      }),
    }),
  );
}

/**
 * For each method greedy accuracy by each rule of extraction, from the same resamples; undefined where not all its arms
 * have it.
 */
function byModeOfAll({ draws: methods, seed, resamples }: Drawn): Measured["byMode"][] {
  const tallied = methods.map(({ arms }) =>
    arms.every(({ byMode }) => byMode !== undefined)
      ? extractModes.map((mode) => arms.map(({ byMode }) => byMode![mode]))
      : [],
  );
  const drawn = bootstrapRatios(tallied.flat(2), seed, resamples);
  let next = 0;
  return methods.map(({ arms }, which) => {
    const [strict, flexible] = tallied[which]!.map((series) =>
      arms.map(({ arm }, at) => ({ seed: arm.seed, tallies: series[at]!, draws: drawn[next++]! })),
    );
    if (strict === undefined || flexible === undefined) return undefined;
    return {
      strict: measure(strict, true),
      flexible: measure(flexible, true),
      difference: differenceOfSeries(pairedSeeds(flexible, strict), null),
    };
  });
}
