import { nearestName, type Problem } from "../../core/errors.ts";
import { isMap } from "../../core/shape.ts";
import type { Source } from "./source.ts";

/** The value of a column; a dot reaches into a nested one, unless a column's own name has the dot in it. */
export function valueAt(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  let value: unknown = row;
  for (const step of column.split("."))
    value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

/** Columns that are asked for and that no row has, each with the nearest that there is. `named`: by which setting. */
export function missingColumns(
  { file, rows, columns }: Source,
  asked: readonly { column: string; named: string }[],
): Problem[] {
  if (rows.length === 0) return [];
  return asked
    .filter(({ column }) => !rows.some(({ value }) => valueAt(value, column) !== undefined))
    .map(({ column, named }) => ({
      what: `no column ${column}, which ${named} names`,
      where: file,
      found: column,
      expected: `one of ${columns.join(", ")}`,
      nearest: nearestName(column, columns),
    }));
}
