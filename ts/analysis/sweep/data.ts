import type { MethodSummary, RunSummary } from "../report/schema.ts";
import { axesOf, type SweepAxis } from "./axes.ts";
import { type Measure, measuresOf } from "./measures.ts";
import type { CellMethod, CellResult, SweepResults } from "./results.ts";

/** What the page of a sweep is made from. */
export interface SweepData {
  results: SweepResults;
  /** report.json of each cell that is done. */
  summaries: ReadonlyMap<string, RunSummary>;
}

/** The same, looked at once for all sections. */
export interface SweepView extends SweepData {
  done: CellResult[];
  axes: SweepAxis[];
  measures: Measure[];
  /** Those of any cell, each once. */
  methods: MethodSummary[];
  /** The method that is followed through the cells: the best cell's. */
  followed: { name: string; label: string } | undefined;
}

export function viewOf({ results, summaries }: SweepData): SweepView {
  const done = results.cells.filter(({ status }) => status === "done");
  const { best } = results;
  const all = done.flatMap(({ cell }) => summaries.get(cell)?.methods ?? []);
  return {
    results,
    summaries,
    done,
    axes: axesOf(results.keys, results.cells),
    measures: measuresOf(results),
    methods: [...new Map(all.map((method) => [method.name, method])).values()],
    followed: best === null ? undefined : { name: best.method, label: best.label },
  };
}

export const followedIn = ({ followed }: SweepView, { methods }: CellResult): CellMethod | undefined =>
  methods.find(({ name }) => name === followed?.name);
