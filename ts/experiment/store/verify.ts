/**
 * Whether an artefact's files are what was written. A file is read once: after that its digest is known by its inode, size
 * and times, also to later processes, until one of these is another.
 */
import type { BigIntStats } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { digestOfFile } from "../../core/digest.ts";
import { makeFolder } from "../../core/files.ts";
import { JsonFile, weightsFolder } from "./files.ts";
import type { Manifest } from "./manifest.ts";

/** A file that differs from its manifest. */
export interface Damage {
  /** Within the artefact. */
  file: string;
  /** "is missing" */
  what: string;
  /** In ms: what was made from it after this time may be wrong. undefined: nothing can have been made from it. */
  since?: number;
}

export interface Reading {
  /**
   * The weights too, where nothing is known of them (a folder that was copied, an older artefact): they are large, and few
   * are loaded again.
   */
  weights: boolean;
  /** Reads every file, whatever is known of it. */
  anew?: boolean;
  /** Told of each file that is read through, before it is. */
  onRead?: ((path: string, bytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const seenSchema = z.record(
  z.string(),
  z.object({
    /** Inode, size and times. */
    identity: z.string(),
    sha256: z.string(),
    /** In ms: a file that was written to in that moment is read once more. */
    readAt: z.number(),
  }),
);
type Seen = z.infer<typeof seenSchema>;

/** The folder beside the artefacts that keeps what was seen of them; nothing is lost with it. */
export const seenFolder = ".verified";

const seenFile = (directory: string) => ({
  file: new JsonFile(`${basename(directory)}.json`, seenSchema),
  place: { directory: join(dirname(directory), seenFolder) },
});

/** The clock of files goes in steps of up to ten milliseconds. */
const clockStepMs = 20;

export async function damageIn(
  directory: string,
  manifest: Manifest,
  { weights, anew = false, onRead, signal }: Reading,
): Promise<Damage[]> {
  const { file, place } = seenFile(directory);
  const seen: Seen = (await file.find(place)) ?? {};
  const now: Seen = { ...seen };
  const damage: Damage[] = [];
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    signal?.throwIfAborted();
    const path = join(directory, name);
    const status = await stat(path, { bigint: true }).catch(() => undefined);
    const size = status && Number(status.size);
    if (status === undefined || size !== bytes) {
      const what = size === undefined ? "is missing" : `has ${size} bytes in the place of ${bytes}`;
      damage.push({ file: name, what });
      continue;
    }
    if (!weights && now[name] === undefined && name.startsWith(`${weightsFolder}/`)) continue;
    // What is remembered may be damaged itself: it clears a file, and accuses none.
    if (anew || !isKnown(now[name], status) || now[name]!.sha256 !== sha256) {
      onRead?.(path, bytes);
      const readAt = Date.now();
      now[name] = { identity: identityOf(status), readAt, sha256: await digestOfFile(path) };
    }
    if (now[name]!.sha256 !== sha256)
      damage.push({ file: name, what: "is not what was written", since: changedAt(status, manifest) });
  }
  if (JSON.stringify(now) !== JSON.stringify(seen)) await remember(directory, now);
  return damage;
}

/** Remembers digests that were worked out as the files were written. */
export async function rememberDigests(
  directory: string,
  files: Manifest["files"],
  readAt: number,
): Promise<void> {
  const seen: Seen = {};
  for (const [name, { sha256 }] of Object.entries(files)) {
    const status = await stat(join(directory, name), { bigint: true });
    seen[name] = { identity: identityOf(status), sha256, readAt };
  }
  await remember(directory, seen);
}

/** Best effort: where it cannot be written, files are read again. A torn one is none. */
async function remember(directory: string, seen: Seen): Promise<void> {
  const { file, place } = seenFile(directory);
  await makeFolder(place.directory)
    .then(() => writeFile(file.pathIn(place), JSON.stringify(seen)))
    .catch(() => {});
}

/** What was seen of an artefact that is no more. */
export async function forget(directory: string): Promise<void> {
  const { file, place } = seenFile(directory);
  await rm(file.pathIn(place), { force: true });
}

const identityOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${ino} ${size} ${mtimeNs} ${ctimeNs}`;

const isKnown = (seen: Seen[string] | undefined, status: BigIntStats): boolean =>
  seen !== undefined &&
  seen.identity === identityOf(status) &&
  Math.max(Number(status.mtimeMs), Number(status.ctimeMs)) < seen.readAt - clockStepMs;

/** What was made before the file was last written to was made from the sound one; without a later time nothing is known. */
function changedAt({ mtimeMs }: BigIntStats, { finishedAt }: Manifest): number {
  return Math.max(Number(mtimeMs), Date.parse(finishedAt));
}
