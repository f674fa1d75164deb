import { stat } from "node:fs/promises";
import { join } from "node:path";
import { digestOfFile } from "../../core/digest.ts";
import type { PublishedFile } from "./catalogue.ts";
import { readLock } from "./pins.ts";

/** What is known of a dataset's file here. */
export interface FileState {
  file: string;
  there: boolean;
  bytes: number;
  /** Empty where the file is not there. */
  sha256: string;
  /** The digest that it should have; undefined where none is known yet. */
  expected: string | undefined;
  checkedBy: "publisher" | "server" | "lock" | "first";
  /** It is there, and its digest is the expected one where there is one. */
  right: boolean;
}

/** Looks at a file in its task's folder, its content too. */
export async function stateOf(
  folder: string,
  { path, sha256: published }: PublishedFile,
): Promise<FileState> {
  const file = join(folder, path);
  const locked = (await readLock(folder)).files[path]?.sha256;
  const expected = published ?? locked;
  const checkedBy = published !== undefined ? "publisher" : locked !== undefined ? "lock" : "first";
  const bytes = await sizeOf(file);
  if (bytes === undefined)
    return { file, there: false, bytes: 0, sha256: "", expected, checkedBy, right: false };
  const sha256 = await digestOfFile(file);
  const right = expected === undefined || sha256 === expected;
  return { file, there: true, bytes, sha256, expected, checkedBy, right };
}

/** How many of the files are there, their content not looked at. */
export async function countThere(folder: string, paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => sizeOf(join(folder, path))));
  return sizes.filter((size) => size !== undefined).length;
}

const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
