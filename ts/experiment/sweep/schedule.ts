/** Which cell comes next: one that shares least with what is being made, so that nothing is waited for without need. */
import { missingOf, type PlannedCell } from "./plan.ts";

/**
 * The waiting cell with the fewest missing stages that running cells have yet to make; the first of several. With cells
 * that differ in seed and in beta, say, two at a time take two seeds, and no VFT model is waited for.
 */
export function nextCell(
  waiting: readonly PlannedCell[],
  running: Iterable<PlannedCell>,
  there: ReadonlySet<string>,
): PlannedCell | undefined {
  const claimed = new Set([...running].flatMap((cell) => missingOf(cell, there).map(({ key }) => key)));
  let best: PlannedCell | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const cell of waiting) {
    const shared = missingOf(cell, there).filter(({ key }) => claimed.has(key)).length;
    if (shared < fewest) [best, fewest] = [cell, shared];
    if (fewest === 0) break;
  }
  return best;
}
