import { defined } from "../../core/defined.ts";
import type { MethodSummary, RunSummary } from "../generated/report.ts";
import { axesOf, type SweepAxis } from "./axes.ts";
import { type Measure, measureNamed, measuresOf, metricOf } from "./measures.ts";
import type { Best, CellMethod, CellResult, SweepResults } from "./results.ts";

/** What the report of a sweep is made from. */
export interface SweepData {
  results: SweepResults;
  /** report.json of each cell that is done. */
  summaries: ReadonlyMap<string, RunSummary>;
}

/** The same, worked out once for all of the report. */
export interface SweepNumbers extends SweepData {
  done: CellResult[];
  axes: SweepAxis[];
  measures: Measure[];
  /** Those of any cell, each once. */
  methods: MethodSummary[];
  /** The best cell, by whose method all cells are compared; left out where no cell has a number to choose it by. */
  best?: BestCell;
}

export interface BestCell extends Best {
  result: CellResult;
  measure: Measure;
  /** The other cells that are done and have the method. */
  others: CellResult[];
}

export function sweepNumbers({ results, summaries }: SweepData): SweepNumbers {
  const done = results.cells.filter(({ status }) => status === "done");
  const methods = done.flatMap(({ cell }) => summaries.get(cell)?.methods ?? []);
  return {
    results,
    summaries,
    done,
    axes: axesOf(results.keys, results.cells),
    measures: measuresOf(results),
    methods: [...new Map(methods.map((method) => [method.name, method])).values()],
    ...defined({ best: bestCell(results, done) }),
  };
}

function bestCell({ best }: SweepResults, done: readonly CellResult[]): BestCell | undefined {
  if (best === null) return undefined;
  return {
    ...best,
    result: done.find(({ cell }) => cell === best.cell)!,
    measure: measureNamed(best.metric),
    others: done.filter((cell) => cell.cell !== best.cell && methodIn(cell, best.method) !== undefined),
  };
}

export const methodIn = ({ methods }: CellResult, name: string): CellMethod | undefined =>
  methods.find((method) => method.name === name);

/** What the best cell's method comes to in a cell. */
export const followedValue = (
  { best }: SweepNumbers,
  cell: CellResult,
  measure = best!.measure,
): number | null => metricOf(methodIn(cell, best!.method), measure);

/** The summaries of the cells that are done. */
export const summariesOf = ({ done, summaries }: SweepNumbers): RunSummary[] =>
  done.flatMap(({ cell }) => summaries.get(cell) ?? []);

/** What is so in every cell; else nothing, since what holds of one cell alone would mislead. */
export const sameInAll = (texts: readonly string[]): string =>
  texts.every((text) => text === texts[0]) ? (texts[0] ?? "") : "";
