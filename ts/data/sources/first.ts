/** The columns of a file from its beginning, so that a wrong name shows before hours of work, however large the file. */
import { open } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import type { SchemaTree } from "hyparquet";
import { firstRow } from "../../core/jsonl.ts";
import { isMap } from "../../core/shape.ts";
import { endingOf, refuseUnreadable } from "./read.ts";
import { type Source, sourceOf } from "./source.ts";

/** A header or a first row that is longer is not looked for. */
const mostBytes = 2 ** 20;

/**
 * The file's columns with its first row, of which only the columns count; undefined where the beginning does not show them (an
 * empty file, say): then the reading of the whole file will. A file that is not there, or of no known kind, is an input error.
 */
export async function firstOfSource(file: string): Promise<Source | undefined> {
  await refuseUnreadable(file);
  const row = await rowOf(file);
  return isMap(row) ? sourceOf(file, [{ value: row, where: `${file}:1` }]) : undefined;
}

async function rowOf(file: string): Promise<unknown> {
  switch (endingOf(file)) {
    case ".csv":
      return header(await beginning(file), ",");
    case ".tsv":
      return header(await beginning(file), "\t");
    case ".parquet":
      return parquetColumns(file);
    case ".json": {
      const text = await beginning(file);
      return /^\s*\[/.test(text) ? firstObject(text) : firstRow(file);
    }
    default:
      return firstRow(file);
  }
}

async function beginning(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function header(text: string, delimiter: string): unknown {
  try {
    const table: string[][] = parse(text, { bom: true, delimiter, relaxColumnCount: true, to: 1 });
    return table[0] && Object.fromEntries(table[0].map((column) => [column, ""]));
  } catch {
    return undefined;
  }
}

/** The first object of a list: up to the brace that closes it, braces within texts apart. */
function firstObject(text: string): unknown {
  const from = text.indexOf("{");
  let depth = 0;
  for (const { 0: piece, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (piece === "{") depth++;
    if (piece !== "}" || --depth > 0) continue;
    try {
      return JSON.parse(text.slice(from, index + 1));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** From the schema at the file's end. */
async function parquetColumns(file: string): Promise<unknown> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  try {
    return columnsOf(parquetSchema(await parquetMetadataAsync(await asyncBufferFromFile(file))));
  } catch {
    return undefined;
  }
}

const columnOf = (child: SchemaTree): unknown => {
  if (child.element.converted_type === "LIST") return [];
  return child.children.length > 0 ? columnsOf(child) : "";
};

const columnsOf = ({ children }: SchemaTree): Record<string, unknown> =>
  Object.fromEntries(children.map((child) => [child.element.name, columnOf(child)]));
