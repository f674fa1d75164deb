import type { Comparison, Difference, MethodSummary, MetricName } from "../generated/report.ts";
import { type Tally, total } from "../metrics/tally.ts";
import { judgeTogether } from "./verdicts.ts";

/** The metrics whose difference to a baseline is tested; more would be more to find by chance. */
export const testedMetrics: readonly MetricName[] = [
  "accuracy",
  "sampledAccuracy",
  "assessmentMicro",
  "assessmentMacro",
];

/**
 * What each question adds to the difference of two methods, the mean over the seeds: all seeds of a question are one
 * unit, and the units sum up to the difference itself. That holds for a ratio of sums too (sampled accuracy, AAccuracy
 * micro), because both methods have the same below the line: as many samples to each question, or the pairs of the very
 * same COTs. Exchanging the methods on one question then changes the sign of that unit and nothing else.
 * @param seeds for each seed the tallies of both, in the same order of questions
 * @returns null where the two differ below the line, or have nothing there: the test is not exact then
 */
export function unitDifferences(
  seeds: readonly (readonly [method: readonly Tally[], baseline: readonly Tally[]])[],
): Float64Array | null {
  const units = new Float64Array(seeds[0]?.[0].length ?? 0);
  for (const [method, baseline] of seeds) {
    const below = total(method);
    if (below === 0 || method.some(({ denominator }, at) => denominator !== baseline[at]!.denominator))
      return null;
    for (let at = 0; at < units.length; at++)
      units[at]! += (method[at]!.numerator - baseline[at]!.numerator) / below / seeds.length;
  }
  return seeds.length === 0 ? null : units;
}

/** Over all methods that are compared with the same baseline by the same metric. */
export function adjustForMany(summaries: readonly Pick<MethodSummary, "comparisons">[]): void {
  for (const role of ["continued", "kept"] as const)
    for (const metric of testedMetrics) judgeTogether(testedAgainst(summaries, role, metric));
}

/** The differences to a baseline that were tested: as many as Holm's adjustment goes over. */
export const testedAgainst = (
  summaries: readonly Pick<MethodSummary, "comparisons">[],
  role: Comparison["role"],
  metric: MetricName,
): Difference[] =>
  summaries
    .flatMap(({ comparisons }) => comparisons.filter((comparison) => comparison.role === role))
    .map(({ differences }) => differences[metric])
    .filter(({ p }) => p !== null);
