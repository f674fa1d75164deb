import { type FamilyPlace, familyOrder } from "../report/family.ts";

/** With more methods than this a family of methods starts a new row. */
const fewMethods = 6;

/** Where the panel of each method stands: [column, row], and how many there are of both. */
export interface Grid {
  columns: number;
  rows: number;
  at: Map<string, [column: number, row: number]>;
}

/** Many methods stand in rows by their family, so that losses are compared downwards and constraints across. */
export function gridOf(
  methods: readonly { label: string; place?: FamilyPlace | undefined }[],
  columns: { few: number; many: number },
): Grid {
  const places = new Map(methods.map(({ label, place }) => [label, place]));
  const labels = [...places.keys()];
  const isMany = labels.length > fewMethods;
  const width = Math.max(1, Math.min(labels.length, isMany ? columns.many : columns.few));
  const parts = isMany
    ? [undefined, "baseline", ...familyOrder.filter((family) => family !== "baseline")].map((family) =>
        labels.filter((label) => places.get(label)?.family === family),
      )
    : [labels];
  const at: Grid["at"] = new Map();
  let rows = 0;
  for (const part of parts) {
    for (const [i, label] of part.entries()) at.set(label, [i % width, rows + Math.floor(i / width)]);
    rows += Math.ceil(part.length / width);
  }
  return { columns: width, rows: Math.max(1, rows), at };
}
