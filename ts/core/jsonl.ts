import { createReadStream } from "node:fs";
import type { z } from "zod";
import { Alike } from "./alike.ts";
import { type AftError, inputError, type Problem } from "./errors.ts";
import { checkReadable, decodeUtf8, notUtf8, readError, writeFileAtomic } from "./files.ts";
import { halfCharacterProblem, parseJson } from "./json.ts";
import { rowProblems } from "./rows.ts";

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
  const rows: Row<T>[] = [];
  await forEachRow(path, schema, (value, { row }) => rows.push({ value, where: `${path}:${row}` }));
  return rows;
}

/** Where a row stands in its file. */
export interface RowPlace {
  /** Its number, from 1; blank lines count. */
  row: number;
  /** Of its first byte, and of the byte after its last. */
  offset: number;
  end: number;
}

/** What files of rows are called where another thing is found. */
export const jsonLinesFile = "a JSON Lines file";

/**
 * Goes through a file row by row, of which none is kept: `take` gets each that is right, in its order. All bad rows are
 * reported together at the end, as {@link readRows} does. `shownAs`: what messages call the file.
 */
export async function forEachRow<T>(
  path: string,
  schema: z.ZodType<T>,
  take: (value: T, place: RowPlace) => void,
  shownAs = path,
): Promise<void> {
  const alike = new Alike();
  await scan(path, shownAs, schema, take, (problems) => {
    for (const problem of problems) alike.add(problem);
  });
  const named = alike.problems();
  if (alike.left > 0) named.push({ what: `and ${alike.left} more mistakes in this file` });
  if (named.length > 0) throw inputError(named);
}

/** What is said of a file without rows where some are needed. `expected`: a row of what kind. */
export const noRows = (where: string, expected: string): AftError =>
  inputError({ what: "the file holds no rows", where, expected: `at least one ${expected}` });

/** Every row that is right, and everything that is wrong with the others. A file that cannot be read is an error. */
export async function scanRows<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<{ rows: Row<T>[]; problems: Problem[] }> {
  const rows: Row<T>[] = [];
  const problems: Problem[] = [];
  await scan(
    path,
    path,
    schema,
    (value, { row }) => rows.push({ value, where: `${path}:${row}` }),
    (found) => problems.push(...found),
  );
  return { rows, problems };
}

async function scan<T>(
  path: string,
  shownAs: string,
  schema: z.ZodType<T>,
  take: (value: T, place: RowPlace) => void,
  refuse: (problems: Problem[]) => void,
): Promise<void> {
  let row = 0;
  for await (const lines of readLines(path))
    for (const { bytes, offset } of lines) {
      row++;
      const line = decodeUtf8(bytes);
      if (line?.trim() === "") continue;
      const parsed = parseLine(line, schema, `${shownAs}:${row}`);
      if (Array.isArray(parsed)) refuse(parsed);
      else take(parsed.value, { row, offset, end: offset + bytes.length });
    }
}

/** Whether there are blank lines at most. */
export async function hasNoRows(path: string): Promise<boolean> {
  for await (const lines of readLines(path))
    if (lines.some(({ bytes }) => decodeUtf8(bytes)?.trim() !== "")) return false;
  return true;
}

/** The first row as it stands, to see what kind of file it is; undefined where there is none or it is no JSON. */
export async function firstRow(path: string): Promise<unknown> {
  for await (const lines of readLines(path))
    for (const { bytes } of lines) {
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

interface Line {
  bytes: Buffer;
  /** Of its first byte in the file. */
  offset: number;
}

async function* readLines(path: string): AsyncGenerator<Line[]> {
  await checkReadable(path, jsonLinesFile);
  try {
    yield* linesOf(path);
  } catch (error) {
    throw readError(path, error, jsonLinesFile);
  }
}

/** How much of a file is read at once. */
const readLength = 1 << 18;

/**
 * A file's lines as bytes, without their line feeds, those of each piece that was read together. Only a line feed ends a
 * line: a text may hold the other separators of Unicode, at which `node:readline` cuts too, and errors of reading reach
 * the caller.
 */
async function* linesOf(path: string): AsyncGenerator<Line[]> {
  let parts: Buffer[] = [];
  let [offset, read] = [0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: readLength }) as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      lines.push({ bytes: parts.length === 0 ? last : Buffer.concat([...parts, last]), offset });
      parts = [];
      start = end + 1;
      offset = read + start;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    read += chunk.length;
    yield lines;
  }
  if (parts.length > 0) yield [{ bytes: Buffer.concat(parts), offset }];
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
  } catch (error) {
    const what = error instanceof RangeError ? error.message : "not valid JSON";
    return [{ what, where, found: line, expected: "one JSON object on this line" }];
  }
  const broken = halfCharacterProblem(json, line, where);
  if (broken !== undefined) return [broken];
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data };
  return rowProblems(result.error.issues, schema, json, where);
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
