import { rowsAcross, type SweepAxis } from "./axes.ts";
import type { SweepView } from "./data.ts";
import { followedIn } from "./data.ts";
import { type Measure, numberOf } from "./measures.ts";
import type { CellResult } from "./results.ts";

/** What one value of an axis comes to over all settings of the others. */
export interface Marginal {
  text: string;
  cells: number;
  /** Mean over these cells; null where one of them has no number. */
  of: (measure: Measure) => number | null;
}

/** The followed method by the values of an axis, averaged over the cells that have the value. */
export const marginals = (view: SweepView, { values }: SweepAxis): Marginal[] =>
  values.map(({ text, cells }) => ({
    text,
    cells: cells.length,
    of(measure) {
      const all = cells.map((cell) => numberOf(followedIn(view, cell), measure));
      const known = all.filter((value) => value !== null);
      return known.length < all.length || known.length === 0
        ? null
        : known.reduce((sum, value) => sum + value, 0) / known.length;
    },
  }));

/** The cells whose settings of the other axes are there with every value of this one: means over them are of the same. */
export function completeCells(view: SweepView, axis: SweepAxis): Set<CellResult> {
  const rows = rowsAcross(axis, view.axes, view.done).filter(({ cells }) =>
    axis.values.every((value) => value.cells.some((cell) => cells.has(cell))),
  );
  return new Set(rows.flatMap(({ cells }) => [...cells]));
}

/** Whether each value stands with the same settings of the others: else their means are of different cells. */
export function isBalanced({ values }: SweepAxis, axes: readonly SweepAxis[]): boolean {
  const product = axes.reduce((all, axis) => all * axis.values.length, 1);
  return values.every(({ cells }) => cells.length === product / values.length);
}
