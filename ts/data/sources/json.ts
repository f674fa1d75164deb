import { readFile } from "node:fs/promises";
import { z } from "zod";
import { inputError, messageOf, type Problem } from "../../core/errors.ts";
import { decodeUtf8, notUtf8 } from "../../core/files.ts";
import { halfCharacterProblem, parseJson } from "../../core/json.ts";
import { scanRows } from "../../core/jsonl.ts";
import { isMap } from "../../core/shape.ts";
import { type Source, type SourceRow, sourceOf } from "./source.ts";

const anyRow = z.record(z.string(), z.unknown());

/** JSON Lines: one object a line, blank lines left out. */
export async function readJsonLines(file: string): Promise<Source> {
  const { rows, problems } = await scanRows(file, anyRow);
  return sourceOf(file, rows, problems);
}

/**
 * A list of objects, or JSON Lines: some datasets, AQuA-RAT among them, call those `.json` too. A row's number is that of
 * the object in the list, from 1.
 */
export async function readJson(file: string): Promise<Source> {
  const text = decodeUtf8(await readFile(file));
  if (text === undefined) throw inputError(notUtf8(file));
  if (!/^\s*\[/.test(text)) return readJsonLines(file);
  const rows: SourceRow[] = [];
  const problems: Problem[] = [];
  for (const [at, value] of parsed(text, file).entries()) {
    const where = `${file}:${at + 1}`;
    const broken = halfCharacterProblem(value, text, where);
    if (broken !== undefined) problems.push(broken);
    else if (isMap(value)) rows.push({ value, where });
    else problems.push({ what: "not a row", where, found: value, expected: "an object with named values" });
  }
  return sourceOf(file, rows, problems);
}

function parsed(text: string, file: string): unknown[] {
  try {
    return parseJson(text) as unknown[];
  } catch (error) {
    const message = messageOf(error);
    throw inputError(
      {
        what: "not valid JSON",
        where: placeOf(message, text, file),
        found: message,
        expected: "a list of objects",
      },
      { cause: error },
    );
  }
}

/** `file:line:column` of what the parser stumbled over, where it says so. */
function placeOf(message: string, text: string, file: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return file;
  const before = text.slice(0, Number(position)).split("\n");
  return `${file}:${before.length}:${before.at(-1)!.length + 1}`;
}
