import { noShare, type Tally, total } from "../metrics/tally.ts";
import { meanDraws } from "../statistics/bootstrap.ts";
import type { ArmTallies } from "./armTallies.ts";
import type { MethodDraws } from "./compare.ts";
import type { Drawn } from "./measured.ts";
import { enoughQuestions } from "./overSeries.ts";
import { type MetricName, metricNames } from "./schema.ts";

/**
 * Several tasks as one in which each task counts the same: every metric is the mean of the tasks' own. Questions are
 * resampled within their task, as how many a task has is no accident.
 * @param tasks the same methods with the same seeds on each task
 */
export function macroOf(tasks: readonly Drawn[]): Drawn {
  const [first] = tasks;
  return {
    ...first!,
    questions: tasks.reduce((sum, { questions }) => sum + questions, 0),
    draws: first!.methods.map((_, at) => meanOverTasks(tasks.map(({ draws }) => draws[at]!))),
  };
}

function meanOverTasks(tasks: readonly MethodDraws[]): MethodDraws {
  const arms = tasks[0]!.arms.map(({ arm, k }, at): ArmTallies => {
    const series = (name: MetricName) => balanced(tasks.map((task) => task.arms[at]!.series[name]));
    return { arm, k, series: ofEach(series) };
  });
  const draws = ofEach((name) =>
    arms.map((_, at) => {
      const mean = meanDraws(tasks.map((task) => task.draws[name][at]!));
      const enough = tasks.every((task) => enoughQuestions(task.arms[at]!.series[name]));
      // An interval that one task adds nothing to would be too narrow: rather none.
      return enough ? mean : mean.fill(Number.NaN);
    }),
  );
  return { arms, draws, weighted: true };
}

const ofEach = <T>(of: (name: MetricName) => T): Record<MetricName, T> =>
  Object.fromEntries(metricNames.map((name) => [name, of(name)])) as Record<MetricName, T>;

/** Weights under which the ratio of all sums is the mean of the tasks' ratios; no share where a task has none. */
function balanced(tasks: readonly (readonly Tally[])[]): Tally[] {
  const below = tasks.map(total);
  const all = below.reduce((sum, one) => sum + one, 0);
  return tasks.flatMap((tallies, at) => {
    const weight = all / tasks.length / below[at]!;
    return tallies.map(({ numerator, denominator }) =>
      below.includes(0) ? noShare : { numerator: weight * numerator, denominator: weight * denominator },
    );
  });
}
