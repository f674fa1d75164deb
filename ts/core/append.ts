/**
 * JSON Lines files that grow, and that a later process goes on with. Beside one lie its marks, `.NAME.sha256`: after each
 * append how long the file is and the digest of all of it, so that a torn line and damage are known, and cut away.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rm, stat, truncate } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode } from "./errors.ts";
import { shownPath, writeError, writeFileAtomic } from "./files.ts";
import { toJsonl, writeJsonl } from "./jsonl.ts";

export interface AppendFile<T> {
  append(values: readonly T[]): Promise<void>;
  /** Puts these rows in the place of all. */
  replace(values: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

/** Good for nothing once the file is whole and nothing is appended any more. */
export const marksOf = (path: string): string => join(dirname(path), `.${basename(path)}.sha256`);

/**
 * Opens for appending, what a crash tore cut off, and what is no more what was written with all that comes after it.
 * @param tell of damage, in one line
 */
export async function openAppend<T>(path: string, tell: (text: string) => void): Promise<AppendFile<T>> {
  let output = await openEnd(path, tell);
  // One after the other: of two that are written at once, each in several pieces, the pieces could mix.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  return {
    append: (values) => inTurn(() => output.write(toJsonl(values))),
    replace: (values) =>
      inTurn(async () => {
        await output.close();
        // Without marks a file is taken as it is: between the two steps there is nothing that is not whole.
        await rm(marksOf(path), { force: true });
        await writeJsonl(path, values);
        output = await openEnd(path, tell);
      }),
    async close() {
      await last;
      await output.close();
    },
  };
}

interface End {
  write(pieces: Iterable<string>): Promise<void>;
  close(): Promise<void>;
}

async function openEnd(path: string, tell: (text: string) => void): Promise<End> {
  let file: FileHandle;
  let marks: FileHandle | undefined;
  let sound: Sound;
  try {
    file = await open(path, "a");
    // A device keeps nothing.
    const isFile = (await file.stat()).isFile();
    sound = isFile ? await cutToSound(path, tell) : nothing();
    if (isFile) marks = await open(marksOf(path), "a");
  } catch (error) {
    throw writeError(path, error);
  }
  let { bytes } = sound;
  const { hash } = sound;
  return {
    async write(pieces) {
      try {
        for (const piece of pieces) {
          await file.appendFile(piece);
          hash.update(piece);
          bytes += Buffer.byteLength(piece);
        }
        await marks?.appendFile(markOf({ bytes, hash }));
      } catch (error) {
        throw writeError(path, error);
      }
    },
    async close() {
      await file.close();
      await marks?.close();
    },
  };
}

/** The beginning of a file that is as it was written. */
interface Sound {
  bytes: number;
  rows: number;
  /** Of these bytes; takes what follows. */
  hash: Hash;
}

const nothing = (): Sound => ({ bytes: 0, rows: 0, hash: createHash("sha256") });

const markOf = ({ bytes, hash }: Pick<Sound, "bytes" | "hash">): string =>
  `${bytes} ${hash.copy().digest("hex")}\n`;

async function cutToSound(path: string, tell: (text: string) => void): Promise<Sound> {
  const marks = await marksIn(marksOf(path));
  const { sound, isDamaged } = await soundPart(path, marks);
  if (isDamaged) {
    const from = sound.rows === 0 ? "" : ` after row ${sound.rows}`;
    tell(`${shownPath(path)}: is not what was written${from}; making it again from there`);
  }
  if ((await stat(path)).size > sound.bytes) await truncate(path, sound.bytes);
  await writeFileAtomic(marksOf(path), sound.bytes === 0 ? "" : markOf(sound));
  return sound;
}

/** Fits nothing. */
const lostMark: [number, string] = [Number.POSITIVE_INFINITY, ""];

/** Length to digest; undefined: the file has none, as one that an older version wrote. */
async function marksIn(path: string): Promise<ReadonlyMap<number, string> | undefined> {
  const text = await readFile(path, "latin1").catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  // The last one may be torn, and is none then.
  const lines = text.split("\n").slice(0, -1);
  const marks = lines.map((line): [number, string] => {
    const [, bytes, digest] = /^(\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
    return digest === undefined ? lostMark : [Number(bytes), digest];
  });
  return new Map(marks);
}

/**
 * Up to the last mark that fits; without marks up to the last whole line. Damage is a later mark that does not fit: what
 * follows the last one was on its way when a process ended.
 */
async function soundPart(
  path: string,
  marks: ReadonlyMap<number, string> | undefined,
): Promise<{ sound: Sound; isDamaged: boolean }> {
  const at = nothing();
  let sound = nothing();
  const lengths = [...(marks?.keys() ?? [])].sort((a, b) => a - b);
  const take = (bytes: Buffer): void => {
    at.hash.update(bytes);
    at.bytes += bytes.length;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) at.rows++;
  };
  const keep = (): void => {
    sound = { ...at, hash: at.hash.copy() };
  };
  let next = 0;
  for await (let chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (marks === undefined) {
      const end = chunk.lastIndexOf(10) + 1;
      if (end > 0) {
        take(chunk.subarray(0, end));
        keep();
      }
      take(chunk.subarray(end));
      continue;
    }
    for (; next < lengths.length && lengths[next]! <= at.bytes + chunk.length; next++) {
      const length = lengths[next]! - at.bytes;
      take(chunk.subarray(0, length));
      chunk = chunk.subarray(length);
      if (at.hash.copy().digest("hex") === marks.get(at.bytes)) keep();
    }
    take(chunk);
  }
  return { sound, isDamaged: marks !== undefined && sound.bytes < (lengths.at(-1) ?? 0) };
}
