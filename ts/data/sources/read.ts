import { extname } from "node:path";
import { inputError, nearestName } from "../../core/errors.ts";
import { checkReadable } from "../../core/files.ts";
import { readCsv } from "./csv.ts";
import { readJson, readJsonLines } from "./json.ts";
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

/**
 * The rows of a file, read by what its name ends in. Rows are counted from 1 (in CSV the header is row 1, as
 * spreadsheets count). A file that cannot be read at all is an input error; rows that cannot are in `problems`.
 */
export async function readSource(file: string): Promise<Source> {
  await refuseUnreadable(file);
  return readers[endingOf(file)]!(file);
}

export const endingOf = (file: string): string => extname(file).toLowerCase();

/** Says that a file is of no known kind, or not there. */
export async function refuseUnreadable(file: string): Promise<void> {
  const ending = endingOf(file);
  const endings = Object.keys(readers);
  if (readers[ending] === undefined)
    throw inputError({
      what: "not a kind of file that rows are read from",
      where: file,
      found: ending === "" ? "no ending" : ending,
      expected: `a name that ends in ${endings.join(", ")}`,
      nearest: nearestName(ending, endings),
    });
  await checkReadable(file, "a file of rows");
}
