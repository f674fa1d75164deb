import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { inputError, type Problem, systemCode } from "./errors.ts";
import { writeError, writeFileAtomic } from "./files.ts";

/** How many bad rows are named before the rest are only counted. */
const mostRowsNamed = 20;

/** Where a row stands, for messages about it. */
export interface Row<T> {
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
  const problems: Problem[] = [];
  let row = 0;
  for await (const line of readLines(path)) {
    row++;
    if (line.trim() === "") continue;
    const where = `${path}:${row}`;
    const parsed = parseLine(line, schema, where);
    if (Array.isArray(parsed)) problems.push(...parsed);
    else rows.push({ value: parsed.value, where });
  }
  if (problems.length > 0) throw inputError(shorten(problems));
  return rows;
}

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    if ((await stat(path)).isDirectory())
      throw inputError({ what: "is a folder", where: path, expected: "a JSON Lines file" });
    yield* createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw inputError(
        { what: "no such file", where: path, expected: "a JSON Lines file" },
        { cause: error },
      );
    throw error;
  }
}

function parseLine<T>(line: string, schema: z.ZodType<T>, where: string): { value: T } | Problem[] {
  let json: unknown;
  try {
    json = JSON.parse(line.charCodeAt(0) === 0xfeff ? line.slice(1) : line);
  } catch {
    return [{ what: "not valid JSON", where, found: line, expected: "one JSON object on this line" }];
  }
  const result = schema.safeParse(json, { reportInput: true });
  if (result.success) return { value: result.data };
  return result.error.issues.map((issue) => ({
    what: `field ${issue.path.length > 0 ? issue.path.map(String).join(".") : "(whole row)"}: ${issue.message}`,
    where,
    ...(issue.input === undefined ? { expected: "the field to be there" } : { found: issue.input }),
  }));
}

function shorten(problems: Problem[]): Problem[] {
  if (problems.length <= mostRowsNamed) return problems;
  return [
    ...problems.slice(0, mostRowsNamed),
    { what: `and ${problems.length - mostRowsNamed} more bad rows in this file` },
  ];
}

export const toJsonl = (values: Iterable<unknown>): string => {
  let text = "";
  for (const value of values) text += `${JSON.stringify(value)}\n`;
  return text;
};

/** Writes all rows or none. */
export const writeJsonl = (path: string, values: Iterable<unknown>): Promise<void> =>
  writeFileAtomic(path, toJsonl(values));

/**
 * An append-only JSON Lines file that survives a crash at any moment: {@link openAppend} cuts a torn last line
 * away, and every append ends in a newline.
 */
export interface AppendFile<T> {
  append(values: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens for appending; a last line without its newline (a crash in mid-write) is dropped first. */
export async function openAppend<T>(path: string): Promise<AppendFile<T>> {
  let handle: FileHandle;
  try {
    handle = await open(path, "a+");
    await dropTornLine(handle);
  } catch (error) {
    throw writeError(path, error);
  }
  return {
    async append(values) {
      try {
        await handle.appendFile(toJsonl(values));
      } catch (error) {
        throw writeError(path, error);
      }
    },
    async close() {
      await handle.close();
    },
  };
}

async function dropTornLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const block = 64 * 1024;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - block);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(10);
    if (newline >= 0) {
      if (start + newline + 1 < size) await handle.truncate(start + newline + 1);
      return;
    }
    end = start;
  }
  if (size > 0) await handle.truncate(0);
}
