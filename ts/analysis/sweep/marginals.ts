import { rowsAcross, type SweepAxis } from "./axes.ts";
import type { Measure } from "./measures.ts";
import { followedValue, type SweepNumbers } from "./numbers.ts";
import type { CellResult } from "./results.ts";

/** What one value of an axis comes to over all settings of the others. */
export interface Marginal {
  text: string;
  /** Null where one of the cells has no number. */
  mean: number | null;
}

/** The followed method by the values of an axis, averaged over the cells that have the value. */
export const marginals = (sweep: SweepNumbers, { values }: SweepAxis, measure: Measure): Marginal[] =>
  values.map(({ text, cells }) => ({
    text,
    mean: meanOfAll(cells.map((cell) => followedValue(sweep, cell, measure))),
  }));

/** Null where there is none, or one of them is not known. */
export function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0
    ? null
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The cells whose settings of the other axes are there with every value of this one: means over them are of the same. */
export function completeCells({ axes, done }: SweepNumbers, axis: SweepAxis): Set<CellResult> {
  const rows = rowsAcross(axis, axes, done).filter(({ cells }) =>
    axis.values.every((value) => value.cells.some((cell) => cells.has(cell))),
  );
  return new Set(rows.flatMap(({ cells }) => [...cells]));
}

/** Whether each value stands with the same settings of the others: else their means are of different cells. */
export function isBalanced({ values }: SweepAxis, axes: readonly SweepAxis[]): boolean {
  const product = axes.reduce((count, axis) => count * axis.values.length, 1);
  return values.every(({ cells }) => cells.length === product / values.length);
}
