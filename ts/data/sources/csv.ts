import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { inputError } from "../../core/errors.ts";
import { decodeUtf8, notUtf8 } from "../../core/files.ts";
import { type Source, sourceOf } from "./source.ts";

/**
 * Values separated by commas or tabs, the columns named in the first row, which is row 1. Every value is text; one in quotes
 * may hold line breaks. A row with more or fewer values than there are columns is an input error.
 */
export async function readCsv(file: string, delimiter: string): Promise<Source> {
  const bytes = await readFile(file);
  if (decodeUtf8(bytes) === undefined) throw inputError(notUtf8(file));
  let table: string[][];
  try {
    table = parse(bytes, {
      bom: true,
      delimiter,
      // A quote within a value that does not begin with one is a character like any other.
      relaxQuotes: delimiter === "\t",
      // The number of values is checked below, where each row can be named.
      relaxColumnCount: true,
    });
  } catch (error) {
    throw badCsv(error, file);
  }
  const [columns, ...rows] = table;
  if (columns === undefined || columns.every((column) => column === ""))
    throw inputError({
      what: "the file is empty",
      where: file,
      expected: "the columns' names in its first row",
    });
  refuseRepeated(columns, file);
  const source = sourceOf(file, []);
  source.columns.push(...columns);
  for (const [at, values] of rows.entries()) {
    const where = `${file}:${at + 2}`;
    // A blank line, which counts as a row.
    if (values.length === 1 && values[0] === "") continue;
    if (values.length === columns.length)
      source.rows.push({
        value: Object.fromEntries(columns.map((column, number) => [column, values[number]])),
        where,
      });
    else
      source.problems.push({
        what: "another number of values than there are columns",
        where,
        found: values.length,
        expected: `${columns.length}: ${columns.join(", ")}`,
        fix: "put a value that holds a separator, a quote or a line break in quotes",
      });
  }
  return source;
}

function refuseRepeated(columns: readonly string[], file: string): void {
  const repeated = columns.find((column, at) => columns.indexOf(column) < at);
  if (repeated !== undefined)
    throw inputError({
      what: "two columns have the same name",
      where: `${file}:1`,
      found: repeated,
      expected: "a name of its own for each column",
    });
}

function badCsv(error: unknown, file: string): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error.lines === "number" ? `:${error.lines}` : "";
  return inputError(
    {
      what: `not valid CSV: ${error.message}`,
      where: `${file}${line}`,
      expected:
        "quotes around a value that holds a separator, a quote or a line break, each quote within doubled",
    },
    { cause: error },
  );
}
