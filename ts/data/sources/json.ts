import { readFile } from "node:fs/promises";
import { inputError, messageOf, type Problem } from "../../core/errors.ts";
import { isMap } from "../../core/shape.ts";
import { readJsonLines } from "./jsonl.ts";
import { type Source, type SourceRow, sourceOf } from "./source.ts";

/**
 * A list of objects, or JSON Lines: some datasets, AQuA-RAT among them, call those `.json` too. A row's number is that of
 * the object in the list, from 1.
 */
export async function readJson(file: string): Promise<Source> {
  const bytes = await readFile(file);
  const text = decoded(bytes, file);
  if (!/^\s*\[/.test(text)) return readJsonLines(file);
  const list = parsed(text, file);
  const rows: SourceRow[] = [];
  const problems: Problem[] = [];
  for (const [at, value] of list.entries()) {
    const where = `${file}:${at + 1}`;
    if (isMap(value)) rows.push({ value, where });
    else problems.push({ what: "not a row", where, found: value, expected: "an object with named values" });
  }
  return sourceOf(file, rows, problems);
}

function decoded(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw inputError({ what: "not valid UTF-8", where: file, expected: "text in UTF-8" }, { cause: error });
  }
}

function parsed(text: string, file: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch (error) {
    const said = messageOf(error);
    throw inputError(
      {
        what: "not valid JSON",
        where: placeOf(said, text, file),
        found: said,
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
