import { bootstrapRatios } from "../statistics/bootstrap.ts";
import type { signFlipTest } from "../statistics/signFlip.ts";
import { questionIds, tallyArm } from "./armTallies.ts";
import { compare, drawAll, type MethodDraws, metricOf } from "./compare.ts";
import type { ExtractMode, MethodInfo, RunData } from "./input.ts";
import { differenceOfSeries, measure, pairedSeeds, type SeedSeries } from "./overSeries.ts";
import { roleOf } from "./roles.ts";
import { type Measured, metricNames } from "./schema.ts";

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
  return methods.map((method, at): Measured => {
    const mine = draws[at]!;
    const byMode = byModeOf(mine, drawn);
    return {
      name: method.name,
      label: method.label,
      metrics: Object.fromEntries(
        metricNames.map((name) => [name, metricOf(mine, name)]),
      ) as Measured["metrics"],
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

/** Greedy accuracy by each rule of extraction, from the same resamples; undefined where not all arms have it. */
function byModeOf({ arms }: MethodDraws, { seed, resamples }: Drawn): Measured["byMode"] {
  if (arms.some(({ byMode }) => byMode === undefined)) return undefined;
  const of = (mode: ExtractMode): SeedSeries[] => {
    const series = arms.map(({ byMode }) => byMode![mode]);
    const draws = bootstrapRatios(series, seed, resamples);
    return arms.map(({ arm }, at) => ({ seed: arm.seed, tallies: series[at]!, draws: draws[at]! }));
  };
  const [strict, flexible] = [of("strict"), of("flexible")];
  return {
    strict: measure(strict, true),
    flexible: measure(flexible, true),
    difference: differenceOfSeries(pairedSeeds(flexible, strict), null),
  };
}
