/** How long a sweep takes with several cells at a time, from how long each stage does. */
import { missingOf, type PlannedCell } from "../sweep/plan.ts";
import { nextCell } from "../sweep/schedule.ts";

interface Lane {
  /** Until when it is at work or waits. */
  time: number;
  cell: PlannedCell | undefined;
  /** Keys of the cell's stages, in order. */
  left: string[];
}

/**
 * Seconds until all cells are done, `jobs` at a time, each as fast as it would be alone. Cells come in the order in which
 * the sweep takes them, and wait for a shared stage that another cell is making.
 */
export function sideBySide(
  cells: readonly PlannedCell[],
  there: ReadonlySet<string>,
  secondsOf: ReadonlyMap<string, number>,
  jobs: number,
): number {
  const waiting = [...cells];
  const lanes = Array.from({ length: jobs }, (): Lane => ({ time: 0, cell: undefined, left: [] }));
  /** When each stage that was begun is done. */
  const doneAt = new Map<string, number>();
  const doneBy = (time: number): Set<string> =>
    new Set([...there, ...[...doneAt].filter(([, end]) => end <= time).map(([key]) => key)]);
  for (;;) {
    const open = lanes.filter(({ left }) => waiting.length > 0 || left.length > 0);
    if (open.length === 0) break;
    // The lane that is free first acts first, so that what it finds begun was begun before.
    const lane = open.reduce((first, lane) => (lane.time < first.time ? lane : first));
    const key = lane.left.shift();
    if (key === undefined) {
      const running = lanes.flatMap(({ cell, time }) =>
        cell !== undefined && time > lane.time ? [cell] : [],
      );
      const next = nextCell(waiting, running, doneBy(lane.time))!;
      waiting.splice(waiting.indexOf(next), 1);
      lane.cell = next;
      lane.left = missingOf(next, there).map((stage) => stage.key);
      continue;
    }
    const end = doneAt.get(key) ?? lane.time + (secondsOf.get(key) ?? 0);
    doneAt.set(key, end);
    lane.time = Math.max(lane.time, end);
  }
  return Math.max(0, ...doneAt.values());
}
