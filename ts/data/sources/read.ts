import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { inputError, nearestName, systemCode } from "../../core/errors.ts";
import { readCsv } from "./csv.ts";
import { readJson } from "./json.ts";
import { readJsonLines } from "./jsonl.ts";
import { readParquet } from "./parquet.ts";
import type { Source } from "./source.ts";

const readers: Readonly<Record<string, (file: string) => Promise<Source>>> = {
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".json": readJson,
  ".csv": (file) => readCsv(file, ","),
  ".tsv": (file) => readCsv(file, "\t"),
  ".parquet": readParquet,
};

export const sourceEndings: readonly string[] = Object.keys(readers);

/**
 * The rows of a file, read by what its name ends in. Rows are counted from 1 (in CSV the header is row 1, as
 * spreadsheets count). A file that cannot be read at all is an input error; rows that cannot are in `problems`.
 */
export async function readSource(file: string): Promise<Source> {
  await refuseUnreadable(file);
  return readers[endingOf(file)]!(file);
}

const endingOf = (file: string): string => extname(file).toLowerCase();

/** Says that a file is of no known kind, or not there. */
export async function refuseUnreadable(file: string): Promise<void> {
  const ending = endingOf(file);
  if (readers[ending] === undefined)
    throw inputError({
      what: "not a kind of file that rows are read from",
      where: file,
      found: ending === "" ? "no ending" : ending,
      expected: `a name that ends in ${sourceEndings.join(", ")}`,
      nearest: nearestName(ending, sourceEndings),
    });
  await refuseMissing(file);
}

async function refuseMissing(file: string): Promise<void> {
  try {
    if ((await stat(file)).isDirectory())
      throw inputError({ what: "is a folder", where: file, expected: "a file of rows" });
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const what = code === "ENOENT" ? "no such file" : `cannot be read (${code})`;
    throw inputError({ what, where: file, expected: "a file of rows" }, { cause: error });
  }
}
