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

/**
 * The value of a column; a dot reaches into a nested one, into a list by the number of its item (`solutions.0`), unless a
 * column's name has the dot in it.
 */
export function valueAt(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  return column.split(".").reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return /^\d+$/.test(step) ? value[Number(step)] : undefined;
    return isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, row);
}

/** How long a list is in other rows one row does not tell: what lies beyond its end may be there. */
const hasColumn = (row: Readonly<Record<string, unknown>>, column: string): boolean =>
  valueAt(row, column) !== undefined ||
  [...column.matchAll(/\.(\d+)(?=\.|$)/g)].some(({ index, 1: item }) => {
    const list = valueAt(row, column.slice(0, index));
    return Array.isArray(list) && Number(item) >= list.length;
  });

/** What a dot can reach within a value that is no text: `stem.text`, or `solutions.0`, `solutions.1`. */
function columnsWithin(column: string, value: unknown): string[] {
  const inner = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
  return inner.flatMap(([step, within]) => [
    `${column}.${step}`,
    ...columnsWithin(`${column}.${step}`, within),
  ]);
}

/** Where a text was wanted and there is none: what was found, and what can be reached within it. */
export function noText(
  what: string,
  column: string,
  found: unknown,
  expected = "text that is not empty",
): Problem {
  const within = columnsWithin(column, found);
  const fix = within.length === 0 ? undefined : `a dot reaches into it: ${listed(within)}`;
  return { what, found, expected, fix };
}

/** Names that are told before the rest is left out. */
const mostListed = 20;

const listed = (names: readonly string[]): string =>
  names.length > mostListed ? `${names.slice(0, mostListed).join(", ")}, ...` : names.join(", ");

/** A column that a setting asks for. */
export interface WantedColumn {
  column: string;
  /** The setting. */
  named: string;
}

/** Wanted columns that no row has, each with the nearest that there is. */
export function missingColumns({ file, rows, columns }: Source, wanted: readonly WantedColumn[]): Problem[] {
  const first = rows[0]?.value;
  if (first === undefined) return [];
  return wanted
    .filter(({ column }) => !rows.some(({ value }) => hasColumn(value, column)))
    .map(({ column, named }) => {
      // `stem.txt` is meant for what lies within `stem`.
      const outer = columns.find((name) => column.startsWith(`${name}.`));
      const within = outer === undefined ? [] : columnsWithin(outer, first[outer]);
      const names = within.length > 0 ? within : columns;
      return {
        what: `no column ${column}, which ${named} names`,
        where: file,
        found: column,
        expected: `one of ${listed(names)}`,
        nearest: nearestName(column, names),
      };
    });
}
