import { defined } from "../../core/defined.ts";
import { compareRuns } from "../measure/compare-runs.ts";
import type { RunData } from "../run/run-data.ts";
import { holm } from "../statistics/p-values.ts";
import type { AgainstBest, SweepResults } from "./results.ts";

/**
 * Every other cell against the best one, by its metric and method: paired over the questions that both answered, p
 * adjusted by Holm for all of them. Cells that answered other questions, or with other seeds, have none.
 * @param load a cell's run, by its name; called once for each cell that is compared
 */
export async function againstBest(
  { best, cells }: SweepResults,
  load: (cell: string) => Promise<RunData>,
  resamples?: number,
): Promise<Map<string, AgainstBest>> {
  const differences = new Map<string, AgainstBest>();
  if (best === null) return differences;
  const others = cells.filter(
    ({ cell, methods }) => cell !== best.cell && methods.some(({ name }) => name === best.method),
  );
  if (others.length === 0) return differences;
  const bestRun = await load(best.cell);
  for (const { cell } of others) {
    const { sameQuestions, methods } = compareRuns(bestRun, await load(cell), {
      only: [best.method],
      ...defined({ resamples }),
    });
    const [method] = methods;
    if (!sameQuestions || method === undefined || method.seeds.length === 0) continue;
    const { difference, interval, p } = method.metrics[best.metric];
    differences.set(cell, { value: difference, interval, p, pHolm: null });
  }
  const tested = [...differences.values()].filter(({ p }) => p !== null);
  const adjusted = holm(tested.map(({ p }) => p!));
  for (const [at, test] of tested.entries()) test.pHolm = adjusted[at]!;
  return differences;
}

/** Worse than the best cell beyond chance. */
export const isLower = ({ pHolm, value }: AgainstBest): boolean =>
  pHolm !== null && pHolm < 0.05 && value !== null && value < 0;
