/** Which cell of a sweep comes next, and how long the rest will take. */
import { sumOf } from "../../core/sum.ts";
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

/** By kind of stage: the seconds that each one took. */
export type StageTimes = ReadonlyMap<string, readonly number[]>;

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
    const known = times.get(stage);
    if (known === undefined) return undefined;
    seconds += sumOf(known, Number) / known.length;
  }
  return seconds / Math.max(1, Math.min(jobs, unfinished.length));
}
