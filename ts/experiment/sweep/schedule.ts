/** Which cell of a sweep comes next, and how long the rest will take. */
import { missingOf, type PlannedCell } from "./plan.ts";

/**
 * The waiting cell with the fewest missing stages that running cells have yet to make, so that nothing is waited for
 * without need; the first of several. With cells that differ in seed and in beta, say, two at a time take two seeds, and
 * no VFT model is waited for.
 */
export function nextCell(
  waiting: readonly PlannedCell[],
  running: Iterable<PlannedCell>,
  there: ReadonlySet<string>,
): PlannedCell | undefined {
  const claimed = new Set([...running].flatMap((cell) => missingOf(cell, there).map(({ key }) => key)));
  const sharedBy = (cell: PlannedCell): number =>
    missingOf(cell, there).filter(({ key }) => claimed.has(key)).length;
  const shared = waiting.map(sharedBy);
  return waiting[shared.indexOf(Math.min(...shared))];
}

/** Seconds of the stages that were made, by kind. */
export class StageTimes {
  private readonly sums = new Map<string, { seconds: number; count: number }>();

  add(stage: string, seconds: number): void {
    const sum = this.sums.get(stage) ?? { seconds: 0, count: 0 };
    this.sums.set(stage, { seconds: sum.seconds + seconds, count: sum.count + 1 });
  }

  mean(stage: string): number | undefined {
    const sum = this.sums.get(stage);
    return sum && sum.seconds / sum.count;
  }
}

interface Remaining {
  unfinished: readonly PlannedCell[];
  there: ReadonlySet<string>;
  times: StageTimes;
  /** Cells at a time. */
  jobs: number;
}

/**
 * Seconds until the cells that are not finished are: each stage that is missing counts once, with the mean time of its
 * kind. undefined until every kind that is missing has been made once.
 */
export function remainingSeconds({ unfinished, there, times, jobs }: Remaining): number | undefined {
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
