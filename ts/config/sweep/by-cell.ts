import type { Problem } from "../../core/errors.ts";

export interface OfCell<T> {
  cell: string;
  items: readonly T[];
}

/** What is said of all cells is said once; what is said of some names them. */
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
  const found = new Map<string, { item: T; names: string[] }>();
  for (const { cell, items } of cells)
    for (const item of items) {
      const there = found.get(keyOf(item));
      if (there === undefined) found.set(keyOf(item), { item, names: [cell] });
      else if (there.names.at(-1) !== cell) there.names.push(cell);
    }
  return [...found.values()];
}

const inCells = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? `cell ${first}` : `cell ${first} and ${others.length} more`;
