import type { Comparison, Measured, Metric } from "../generated/report.ts";
import { noShare, type Tally, total } from "../metrics/tally.ts";
import type { Interval } from "../statistics/interval.ts";
import { meanInterval } from "../statistics/interval.ts";
import { type Drawn, type MethodDraws, measureAll, ofEachMetric, type SignFlipTest } from "./draws.ts";
import { isClear } from "./series.ts";
import type { ArmTallies } from "./tallies.ts";

/** One task's numbers, and what they were worked out from. */
export interface OfTask {
  drawn: Drawn;
  methods: readonly Measured[];
}

/**
 * Several tasks as one in which each task counts the same: every metric is the mean of the tasks' own. How many questions
 * a task has is no accident, and they say nothing of another's: so each interval is put together from the tasks' own.
 * @param tasks the same methods with the same seeds on each task
 * @param test of the questions' differences
 */
export function measureMacro(tasks: readonly OfTask[], test: SignFlipTest): Measured[] {
  const means = measureAll(pooledEvenly(tasks.map(({ drawn }) => drawn)), test);
  return means.map((mean, at): Measured => {
    const perTask = tasks.map(({ methods }) => methods[at]!);
    return {
      ...mean,
      metrics: ofEachMetric((name) =>
        metricOverTasks(
          mean.metrics[name],
          perTask.map(({ metrics }) => metrics[name]),
        ),
      ),
      comparisons: mean.comparisons.map((comparison, which) =>
        comparisonOverTasks(
          comparison,
          perTask.map(({ comparisons }) => comparisons[which]!),
        ),
      ),
    };
  });
}

function metricOverTasks(mean: Metric, tasks: readonly Metric[]): Metric {
  const perSeed = mean.perSeed.map((seed, at) => ({
    ...seed,
    interval: together(tasks.map((task) => task.perSeed[at]!)),
  }));
  return { ...mean, interval: together(tasks), intervalMethod: "tasks", perSeed };
}

function comparisonOverTasks(mean: Comparison, tasks: readonly Comparison[]): Comparison {
  const differences = ofEachMetric((name) => {
    const difference = mean.differences[name];
    const interval = together(tasks.map((task) => task.differences[name]));
    return { ...difference, interval, clear: isClear(interval, difference.overSeeds, difference.p) };
  });
  return { ...mean, differences };
}

/** Of the mean over the tasks; null where a task has no interval: one that it adds nothing to would be too narrow. */
function together(tasks: readonly { value: number | null; interval: Interval | null }[]): Interval | null {
  const known = tasks.flatMap(({ value, interval }) =>
    value === null || interval === null ? [] : [{ value, interval }],
  );
  return known.length < tasks.length ? null : meanInterval(known);
}

/** The tasks' questions as those of one task, weighed so that each task counts the same. Nothing is resampled. */
function pooledEvenly(tasks: readonly Drawn[]): Drawn {
  const [first] = tasks;
  return {
    ...first!,
    questions: tasks.reduce((sum, { questions }) => sum + questions, 0),
    draws: first!.methods.map((_, at) => weighedEvenly(tasks.map(({ draws }) => draws[at]!))),
  };
}

function weighedEvenly(tasks: readonly MethodDraws[]): MethodDraws {
  const arms = tasks[0]!.arms.map(({ arm, k }, at): ArmTallies => {
    const series = ofEachMetric((name) => balanced(tasks.map((task) => task.arms[at]!.series[name])));
    return { arm, k, series };
  });
  const none = arms.map(() => new Float64Array(0));
  return { arms, draws: ofEachMetric(() => none), isWeighted: true };
}

/** Weights under which the ratio of all sums is the mean of the tasks' ratios; no share where a task has none. */
function balanced(tasks: readonly (readonly Tally[])[]): Tally[] {
  const below = tasks.map(total);
  const questions = below.reduce((sum, count) => sum + count, 0);
  return tasks.flatMap((tallies, at) => {
    const weight = questions / tasks.length / below[at]!;
    return tallies.map(({ numerator, denominator }) =>
      below.includes(0) ? noShare : { numerator: weight * numerator, denominator: weight * denominator },
    );
  });
}
