import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { type AftError, failure, inputError, messageOf, type Problem, systemCode } from "./errors.ts";

/**
 * A folder with all above it, made where they are not there. Node's own recursive `mkdir` tries for ever where the system
 * says ENOENT of a folder whose parent is there, as /proc does.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeFolder(dirname(path));
  // Another process may have been quicker.
  if (!(await isMade(path))) await mkdir(path);
}

/** False where the folder that it is to be in is not there. */
const isMade = (path: string): Promise<boolean> =>
  mkdir(path).then(
    () => true,
    async (error: unknown) => {
      if (systemCode(error) === "ENOENT") return false;
      if ((await stat(path).catch(() => undefined))?.isDirectory()) return true;
      throw error;
    },
  );

/**
 * Writes a whole file or nothing: to a neighbour first, synced, then renamed into place. Pieces are written in turn; where
 * making one of them fails, its error is the one that is thrown.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | Iterable<string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const target = await targetOf(path);
  if (target === undefined)
    return writeFile(path, content).catch((error: unknown) => {
      throw systemCode(error) === undefined ? error : writeError(path, error);
    });
  const temporary = `${target}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await makeFolder(dirname(target));
    const handle = await open(temporary, "w");
    try {
      await writeFile(handle, content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    // Where it could not even be begun there is nothing to take away.
    await rm(temporary, { force: true }).catch(() => {});
    throw systemCode(error) === undefined ? error : writeError(path, error);
  }
}

/**
 * Whether a name is that of a file or folder under way: {@link writeFileAtomic}'s neighbour, the worker's draft of a folder
 * (`.NAME.writing-PID`), or digests of work that is gone on with (`.sha256`, `.NAME.sha256`). Where nobody writes any more it
 * is what a killed process left, and no result.
 */
export const isUnderWay = (name: string): boolean =>
  /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name) || /^\..+\.writing-\d+(-old)?$/.test(name) || isDigest(name);

const isDigest = (name: string): boolean => /^\.(.+\.)?sha256$/.test(name);

/** What killed processes left in a folder, and in all below it unless it is to be `shallow`. */
export async function leftoversIn(folder: string, { shallow = false } = {}): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (isUnderWay(entry.name)) return [path];
    return entry.isDirectory() && !shallow ? leftoversIn(path) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Takes {@link leftoversIn} away: for who alone writes into the folder. */
export async function removeLeftovers(folder: string, options?: { shallow: boolean }): Promise<void> {
  for (const path of await leftoversIn(folder, options)) await rm(path, { recursive: true, force: true });
}

/** The file that is to be replaced: what a link points to, and none for a device or a pipe, which is written to as it is. */
async function targetOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || stats.isDirectory()) return path;
  return stats.isFile() ? realpath(path) : undefined;
}

/** Refuses a file to write to that is one of those read: what comes of them would take its place. */
export async function refuseOwnInput(out: string, inputs: readonly string[]): Promise<void> {
  const target = await targetOf(out);
  for (const input of inputs)
    if (target !== undefined && target === (await realpath(input).catch(() => undefined)))
      throw inputError({
        what: "the file to write is one of those that are read, which would be lost",
        where: out,
        expected: "another file",
      });
}

/** What is wrong with a path itself, whatever was to be done with it. */
export function pathProblem(error: unknown): string | undefined {
  const code = systemCode(error);
  if (code === "ENAMETOOLONG") return "a name in this path is too long (ENAMETOOLONG)";
  // Node's words of it name its own argument.
  if (code === "ERR_INVALID_ARG_VALUE") return "no path has a NUL character in it";
  return undefined;
}

/** Says a failed write in words; a full disk is the case that users meet. */
export function writeError(path: string, error: unknown): AftError {
  const code = systemCode(error);
  const ofPath = pathProblem(error);
  if (ofPath !== undefined)
    return failure(
      { what: `could not write: ${ofPath}`, where: path, expected: "a path that can be written to" },
      { cause: error },
    );
  if (code === "ENOSPC" || code === "EDQUOT")
    return failure(
      {
        what: "no space left on the disk",
        where: path,
        fix: "free some space and run the same command again: what was finished is kept",
      },
      { cause: error },
    );
  if (code === "EFBIG")
    return failure(
      {
        what: "larger than files may be here (EFBIG)",
        where: path,
        fix: "raise the limit (ulimit -f) and run the same command again: what was finished is kept",
      },
      { cause: error },
    );
  if (code === "EROFS")
    return failure(
      {
        what: "the file system is mounted read-only (EROFS)",
        where: path,
        fix: "another folder (of aft run: --runs), or mount it for writing",
      },
      { cause: error },
    );
  // Of a folder that is made here first: a file system that takes none says ENOENT too, as /proc does.
  if (code === "ENOENT")
    return failure(
      {
        what: "its folder cannot be made, or was taken away meanwhile (ENOENT)",
        where: path,
        expected: "a folder that can be written to",
      },
      { cause: error },
    );
  if (code === "EACCES" || code === "EPERM")
    return failure(
      {
        what: `not allowed to write (${code})`,
        where: path,
        fix: "another folder (of aft run: --runs), or the right to write there",
      },
      { cause: error },
    );
  if (code === "EISDIR" || code === "ENOTDIR" || code === "EEXIST")
    return failure(
      {
        what: "a folder or another file is in the way",
        where: path,
        expected: "a path that can be written to",
      },
      { cause: error },
    );
  return failure({ what: `could not write: ${messageOf(error)}`, where: path }, { cause: error });
}

/** Refuses what is not there or is a folder, before it is read. `expected`: what kind of file. */
export async function checkReadable(path: string, expected: string): Promise<void> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      throw readError(path, error, expected);
    },
  );
  if (isFolder) throw inputError({ what: "is a folder", where: path, expected });
}

/**
 * A file that can be read again and from any place of it: a pipe's content is kept in one of its own, which `end` takes
 * away.
 */
export async function rereadable(
  path: string,
  expected: string,
): Promise<{ path: string; end(): Promise<void> }> {
  await checkReadable(path, expected);
  if ((await stat(path)).isFile()) return { path, end: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "aft-"));
  const end = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "copy");
    await pipeline(createReadStream(path), createWriteStream(copy));
    return { path: copy, end };
  } catch (error) {
    await end();
    throw readError(path, error, expected);
  }
}

/** Says a failed read in words, an input error; what is no error of the system stays what it is. */
export function readError(path: string, error: unknown, expected: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const what = code === "ENOENT" ? "no such file" : `cannot be read: ${pathProblem(error) ?? code}`;
  return inputError({ what, where: path, expected }, { cause: error });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The bytes as text (a byte-order mark left out); undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export const notUtf8 = (where: string): Problem => ({
  what: "not valid UTF-8",
  where,
  expected: "text in UTF-8",
});

/** A path as messages show it: relative when it lies below the folder the user stands in, else absolute. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), resolve(path));
  const outside = below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below) || below === "";
  return outside ? resolve(path) : below;
}
