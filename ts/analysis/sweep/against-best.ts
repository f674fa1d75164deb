import { pairedDifference, sideOf } from "../measure/compare-runs.ts";
import { adjustTogether, holds } from "../measure/verdicts.ts";
import type { RunData } from "../run/run-data.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import type { AgainstBest, SweepResults } from "./results.ts";

/**
 * Every other cell against the best one, by its metric and method: paired over the questions that both answered, p
 * adjusted by Holm for all of them. Cells that answered other questions, or with other seeds, have none.
 * @param load a cell's run, by its name, of which only the arms of the best cell's method are needed
 */
export async function againstBest(
  { best, cells }: SweepResults,
  load: (cell: string, method: string) => Promise<RunData>,
  resamples = defaultResamples,
): Promise<Map<string, AgainstBest>> {
  const differences = new Map<string, AgainstBest>();
  if (best === null) return differences;
  const { method, metric } = best;
  const others = cells.filter(
    ({ cell, methods }) => cell !== best.cell && methods.some(({ name }) => name === method),
  );
  if (others.length === 0) return differences;
  const bestSide = sideOf(await load(best.cell, method));
  for (const { cell } of others) {
    const side = sideOf(await load(cell, method));
    const difference = pairedDifference(bestSide, side, { method, metric, resamples });
    if (difference !== undefined) differences.set(cell, { ...difference, pHolm: null });
  }
  adjustTogether([...differences.values()].filter(({ p }) => p !== null));
  return differences;
}

/** Significantly worse than the best cell. */
export const isLower = (difference: AgainstBest): boolean =>
  holds(difference) && difference.value !== null && difference.value < 0;
