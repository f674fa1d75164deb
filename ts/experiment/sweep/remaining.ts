/** How long a sweep has yet to go, by how long its stages took. */
import type { StageName } from "../stages/context.ts";
import { missingOf, type PlannedCell } from "./plan.ts";

/** Seconds of the stages that were made, by kind. */
export class StageTimes {
  private readonly sums = new Map<StageName, { seconds: number; count: number }>();

  add(stage: StageName, seconds: number): void {
    const sum = this.sums.get(stage) ?? { seconds: 0, count: 0 };
    this.sums.set(stage, { seconds: sum.seconds + seconds, count: sum.count + 1 });
  }

  mean(stage: StageName): number | undefined {
    const sum = this.sums.get(stage);
    return sum === undefined ? undefined : sum.seconds / sum.count;
  }
}

/**
 * Seconds until the cells that are not finished are: each stage that is missing counts once, with the mean time of its
 * kind. undefined until every kind that is missing has been made once.
 */
export function remainingSeconds(
  unfinished: readonly PlannedCell[],
  there: ReadonlySet<string>,
  times: StageTimes,
  jobs: number,
): number | undefined {
  const missing = new Map(
    unfinished.flatMap((cell) => missingOf(cell, there).map(({ key, stage }) => [key, stage])),
  );
  let seconds = 0;
  for (const stage of missing.values()) {
    const mean = times.mean(stage);
    if (mean === undefined) return undefined;
    seconds += mean;
  }
  return seconds / Math.max(1, Math.min(jobs, unfinished.length));
}
