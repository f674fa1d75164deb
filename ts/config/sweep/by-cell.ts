import type { Problem } from "../../core/errors.ts";

export interface OfCell<T> {
  cell: string;
  items: readonly T[];
}

/** A problem of all cells is reported once; a problem of some names them. */
export function problemsByCell(cells: readonly OfCell<Problem>[]): Problem[] {
  return gathered(cells, ({ where, what }) => `${where} ${what}`).map(({ item, names }) =>
    names.length === cells.length ? item : { ...item, what: `${item.what} (${inCells(names)})` },
  );
}

export function warningsByCell(cells: readonly OfCell<string>[]): string[] {
  return gathered(cells, (text) => text).map(({ item, names }) =>
    names.length === cells.length ? item : `${item} (${inCells(names)})`,
  );
}

function gathered<T>(
  cells: readonly OfCell<T>[],
  keyOf: (item: T) => string,
): { item: T; names: string[] }[] {
  const byKey = new Map<string, { item: T; names: string[] }>();
  for (const { cell, items } of cells)
    for (const item of items) {
      const known = byKey.get(keyOf(item));
      if (known === undefined) byKey.set(keyOf(item), { item, names: [cell] });
      else if (known.names.at(-1) !== cell) known.names.push(cell);
    }
  return [...byKey.values()];
}

const inCells = ([first, ...rest]: readonly string[]): string =>
  rest.length === 0 ? `cell ${first}` : `cell ${first} and ${rest.length} more`;
