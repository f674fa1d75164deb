import * as Plot from "@observablehq/plot";
import { type FamilyPlace, familyOrder } from "./family-places.ts";
import { shortened } from "./label.ts";
import { frame } from "./marks.ts";

/** With more methods than this a family of methods starts a new row. */
const fewMethods = 6;

/** What has a panel; several with one label share it. */
export interface Panelled {
  label: string;
  place?: FamilyPlace | undefined;
}

/** Where the panel of each method stands: [column, row], and how many there are of both. */
export interface Grid {
  columns: number;
  rows: number;
  cells: Map<string, [column: number, row: number]>;
}

/** Many methods stand in rows by their family, so that losses are compared downwards and constraints across. */
export function gridOf(methods: readonly Panelled[], mostColumns: { few: number; many: number }): Grid {
  const places = new Map(methods.map(({ label, place }) => [label, place]));
  const labels = [...places.keys()];
  const isMany = labels.length > fewMethods;
  const columns = Math.max(1, Math.min(labels.length, isMany ? mostColumns.many : mostColumns.few));
  const families = isMany
    ? [undefined, "baseline", ...familyOrder.filter((family) => family !== "baseline")].map((family) =>
        labels.filter((label) => places.get(label)?.family === family),
      )
    : [labels];
  const cells: Grid["cells"] = new Map();
  let rows = 0;
  for (const family of families) {
    for (const [i, label] of family.entries())
      cells.set(label, [i % columns, rows + Math.floor(i / columns)]);
    rows += Math.ceil(family.length / columns);
  }
  return { columns, rows: Math.max(1, rows), cells };
}

/** One framed panel a method with its name above, three in a row: what Observable Plot calls facets. */
export function panelsOf(methods: readonly Panelled[], { gap }: { gap: number }) {
  const { rows, cells } = gridOf(methods, { few: 3, many: 3 });
  const facets = facetsIn(cells);
  const labels = [...new Set(methods.map(({ label }) => label))].map((label) => ({ label }));
  return {
    rows,
    /** For every mark: its data stand in the panel of their `label`. */
    facets,
    scales: { fx: { axis: null, padding: 0.08 }, fy: { axis: null, padding: gap } },
    frame: frame(),
    titles: Plot.text(labels, {
      text: ({ label }: { label: string }) => shortened(label),
      ...facets,
      frameAnchor: "top-left",
      dy: -18,
      fontWeight: 600,
    }),
  };
}

export const facetsIn = (cells: Grid["cells"]) => ({
  fx: ({ label }: { label: string }) => cells.get(label)![0],
  fy: ({ label }: { label: string }) => cells.get(label)![1],
});
