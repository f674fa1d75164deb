/** Which cell of a sweep comes next, and which stages are left. */
import { missingOf, type PlannedCell, type PlannedStage } from "./plan.ts";

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

/** The stages that unfinished cells lack, each once. */
export function missingStages(
  unfinished: readonly PlannedCell[],
  there: ReadonlySet<string>,
): Iterable<PlannedStage> {
  const stages = unfinished.flatMap((cell) => missingOf(cell, there));
  return new Map(stages.map((stage) => [stage.key, stage])).values();
}
