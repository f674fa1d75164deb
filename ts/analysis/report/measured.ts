import { compare, drawAll, type MethodDraws, metricOf } from "../measure/draws.ts";
import { differenceOfSeries, measure, pairedSeeds } from "../measure/series.ts";
import { questionIds, tallyArm } from "../measure/tallies.ts";
import { extractModes, type MethodInfo, type RunData } from "../run/run-data.ts";
import { bootstrapRatios } from "../statistics/bootstrap.ts";
import type { signFlipTest } from "../statistics/sign-flip.ts";
import { roleOf } from "./roles.ts";
import { type Measured, type Metric, type MetricName, metricNames } from "./schema.ts";

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

export function drawRun(run: RunData, seed: string, resamples: number): Drawn {
  const ids = questionIds(run);
  const methods = run.methods.filter(({ name }) => run.arms.some((arm) => arm.method === name));
  const tallies = methods.map(({ name }) =>
    run.arms.filter((arm) => arm.method === name).map((arm) => tallyArm(arm, ids)),
  );
  return { questions: ids.length, methods, draws: drawAll(tallies, seed, resamples), seed, resamples };
}

/** Every metric of every method with its differences to both baselines; p not yet adjusted. */
export function measureAll(drawn: Drawn, test: ReturnType<typeof signFlipTest>): Measured[] {
  const { methods, draws } = drawn;
  const byModes = byModeOfAll(drawn);
  return methods.map((method, at): Measured => {
    const mine = draws[at]!;
    const byMode = byModes[at];
    return {
      name: method.name,
      label: method.label,
      metrics: Object.fromEntries(metricNames.map((name) => [name, metricOf(mine, name)])) as Record<
        MetricName,
        Metric
      >,
      ...(byMode === undefined ? {} : { byMode }),
      comparisons: (["continued", "kept"] as const).flatMap((role) => {
        const other = methods.findIndex((candidate) => roleOf(candidate) === role);
        return other < 0 || other === at
          ? []
          : [compare(mine, draws[other]!, methods[other]!.name, role, test)];
      }),
    };
  });
}

/**
 * For each method greedy accuracy by each rule of extraction, from the same resamples; undefined where not all its arms
 * have it.
 */
function byModeOfAll({ draws: methods, seed, resamples }: Drawn): Measured["byMode"][] {
  const seriesOf = ({ arms }: MethodDraws) =>
    arms.every(({ byMode }) => byMode !== undefined)
      ? extractModes.map((mode) => arms.map(({ byMode }) => byMode![mode]))
      : [];
  const drawn = bootstrapRatios(methods.flatMap(seriesOf).flat(), seed, resamples);
  let next = 0;
  return methods.map((method) => {
    const [strict, flexible] = seriesOf(method).map((series) =>
      method.arms.map(({ arm }, at) => ({ seed: arm.seed, tallies: series[at]!, draws: drawn[next++]! })),
    );
    if (strict === undefined || flexible === undefined) return undefined;
    return {
      strict: measure(strict, true),
      flexible: measure(flexible, true),
      difference: differenceOfSeries(pairedSeeds(flexible, strict), null),
    };
  });
}
