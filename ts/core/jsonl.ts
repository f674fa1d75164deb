import { createReadStream } from "node:fs";
import type { z } from "zod";
import { inputError, type Problem } from "./errors.ts";
import { checkReadable, decodeUtf8, notUtf8, readError, writeFileAtomic } from "./files.ts";
import { halfCharacterProblem, parseJson } from "./json.ts";
import { rowProblems } from "./rows.ts";

/** How many bad rows are named before the rest are only counted. */
const mostRowsNamed = 20;

/** Where a row stands, for messages about it. */
export interface Row<T> {
  /** The record. */
  value: T;
  /** `file:row`, rows counted from 1. */
  where: string;
}

/**
 * Reads and checks a JSON Lines file; blank lines are skipped. All bad rows are reported together (file, row,
 * field, value, expectation) in one error of exit code 2.
 */
export async function readJsonl<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  return (await readRows(path, schema)).map((row) => row.value);
}

/** As {@link readJsonl}, with each row's place, for checks across rows that must name one. */
export async function readRows<T>(path: string, schema: z.ZodType<T>): Promise<Row<T>[]> {
  const { rows, problems } = await scanRows(path, schema);
  if (problems.length > 0) throw inputError(shorten(problems));
  return rows;
}

/** Every row that is right, and everything that is wrong with the others. A file that cannot be read is an error. */
export async function scanRows<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<{ rows: Row<T>[]; problems: Problem[] }> {
  const rows: Row<T>[] = [];
  const problems: Problem[] = [];
  let row = 0;
  for await (const bytes of readLines(path)) {
    row++;
    const where = `${path}:${row}`;
    const line = decodeUtf8(bytes);
    if (line?.trim() === "") continue;
    const parsed = parseLine(line, schema, where);
    if (Array.isArray(parsed)) problems.push(...parsed);
    else rows.push({ value: parsed.value, where });
  }
  return { rows, problems };
}

/** The first row as it stands, to see what kind of file it is; undefined where there is none or it is no JSON. */
export async function firstRow(path: string): Promise<unknown> {
  for await (const bytes of readLines(path)) {
    const line = decodeUtf8(bytes);
    if (line?.trim() === "") continue;
    try {
      return JSON.parse(line ?? "");
    } catch {
      return undefined;
    }
  }
  return undefined;
}

async function* readLines(path: string): AsyncGenerator<Buffer> {
  const expected = "a JSON Lines file";
  await checkReadable(path, expected);
  try {
    yield* linesOf(path);
  } catch (error) {
    throw readError(path, error, expected);
  }
}

/**
 * A file's lines as bytes, without their line feeds. Only a line feed ends a line: a text may hold the other
 * separators of Unicode, at which `node:readline` cuts too, and errors of reading reach the caller.
 */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

function parseLine<T>(
  line: string | undefined,
  schema: z.ZodType<T>,
  where: string,
): { value: T } | Problem[] {
  if (line === undefined) return [notUtf8(where)];
  let json: unknown;
  try {
    json = parseJson(line);
  } catch {
    return [{ what: "not valid JSON", where, found: line, expected: "one JSON object on this line" }];
  }
  const broken = halfCharacterProblem(json, line, where);
  if (broken !== undefined) return [broken];
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data };
  return rowProblems(result.error.issues, schema, json, where);
}

function shorten(problems: Problem[]): Problem[] {
  if (problems.length <= mostRowsNamed) return problems;
  return [
    ...problems.slice(0, mostRowsNamed),
    { what: `and ${problems.length - mostRowsNamed} more bad rows in this file` },
  ];
}

/** Text is written in pieces of about this length: a file may be longer than the longest string. */
const pieceLength = 1 << 20;

export function* toJsonl(values: Iterable<unknown>): Generator<string> {
  let piece = "";
  for (const value of values) {
    piece += `${JSON.stringify(value)}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Writes all rows or none. */
export const writeJsonl = (path: string, values: Iterable<unknown>): Promise<void> =>
  writeFileAtomic(path, toJsonl(values));
