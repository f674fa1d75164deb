import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOfFile } from "../../core/digest.ts";
import { inputError, systemCode } from "../../core/errors.ts";
import { writeError, writeFileAtomic } from "../../core/files.ts";
import type { PublishedFile } from "./catalogue.ts";

const pinsSchema = z.strictObject({
  files: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int(), address: z.string() })),
});
type Pins = z.output<typeof pinsSchema>["files"];

/** Beside the data: the digests of files whose publisher names none, as they were when they first came. */
const pinsPath = (folder: string): string => join(folder, "aft-data.lock.json");

async function readPins(folder: string): Promise<Pins> {
  const path = pinsPath(folder);
  try {
    return pinsSchema.parse(JSON.parse(await readFile(path, "utf8"))).files;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return {};
    // A file stands where a folder on the way to it should.
    if (systemCode(error) === "ENOTDIR") throw writeError(folder, error);
    throw inputError(
      {
        what: "the lock file of this dataset cannot be read",
        where: path,
        fix: "delete it if you trust the files beside it: the next `aft data get` writes it anew",
      },
      { cause: error },
    );
  }
}

/** Adds a file's digest; what is there already stays. */
export async function addPin(folder: string, path: string, pin: Pins[string]): Promise<void> {
  const files = { ...(await readPins(folder)), [path]: pin };
  await writeFileAtomic(pinsPath(folder), `${JSON.stringify({ files }, null, 2)}\n`);
}

/** What is known of a dataset's file here. */
export interface FileState {
  file: string;
  there: boolean;
  bytes: number;
  /** Empty where the file is not there. */
  sha256: string;
  /** The digest that it should have; undefined where none is known yet. */
  expected: string | undefined;
  /** What its digest was compared with; `first`: with nothing yet, from now on with its pin. */
  checkedBy: "publisher" | "server" | "pin" | "first";
  /** It is there, and its digest is the expected one where there is one. */
  right: boolean;
}

/** Looks at a file in its task's folder, its content too. */
export async function stateOf(
  folder: string,
  { path, sha256: published }: PublishedFile,
): Promise<FileState> {
  const file = join(folder, path);
  const pinned = (await readPins(folder))[path]?.sha256;
  const expected = published ?? pinned;
  const checkedBy = published !== undefined ? "publisher" : pinned !== undefined ? "pin" : "first";
  const bytes = await sizeOf(file);
  const sha256 = bytes === undefined ? "" : await digestOfFile(file);
  const right = bytes !== undefined && (expected === undefined || sha256 === expected);
  return { file, there: bytes !== undefined, bytes: bytes ?? 0, sha256, expected, checkedBy, right };
}

/** How many of the files are there, their content not looked at. */
export async function countThere(folder: string, paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => sizeOf(join(folder, path))));
  return sizes.filter((size) => size !== undefined).length;
}

const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (stats) => (stats.isFile() ? stats.size : undefined),
    () => undefined,
  );
