import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";

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
