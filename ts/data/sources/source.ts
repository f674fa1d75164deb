import { nearestName, type Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { isMap } from "../../core/shape.ts";

/** A row as any file has it: values by column. */
export type SourceRow = Row<Record<string, unknown>>;

/** What a file holds: its rows in order, and what could not be read as a row. */
export interface Source {
  file: string;
  rows: SourceRow[];
  problems: Problem[];
  /** Every column that some row has, in the order in which they first occur. */
  columns: string[];
}

export function sourceOf(file: string, rows: SourceRow[], problems: Problem[] = []): Source {
  const columns = new Set(rows.flatMap(({ value }) => Object.keys(value)));
  return { file, rows, problems, columns: [...columns] };
}

/** The value of a column; a dot reaches into a nested one, unless a column's name has the dot in it. */
export function valueAt(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  return column
    .split(".")
    .reduce<unknown>(
      (value, step) => (isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined),
      row,
    );
}

/** A column that a setting asks for. */
export interface WantedColumn {
  column: string;
  /** The setting. */
  named: string;
}

/** Wanted columns that no row has, each with the nearest that there is. */
export function missingColumns({ file, rows, columns }: Source, wanted: readonly WantedColumn[]): Problem[] {
  if (rows.length === 0) return [];
  return wanted
    .filter(({ column }) => !rows.some(({ value }) => valueAt(value, column) !== undefined))
    .map(({ column, named }) => ({
      what: `no column ${column}, which ${named} names`,
      where: file,
      found: column,
      expected: `one of ${columns.join(", ")}`,
      nearest: nearestName(column, columns),
    }));
}
