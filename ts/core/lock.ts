import { randomBytes } from "node:crypto";
import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AftError, failure, type Problem, systemCode } from "./errors.ts";
import { makeFolder, writeError } from "./files.ts";
import type { ProgressSink } from "./progress.ts";

const pollMs = 250;
/** How often a holder gives a sign of life, and after how long without one another machine takes it for dead. */
const signMs = 15_000;
const silenceMs = 120_000;

export interface Waiting {
  /** What is waited for, in a note's words. */
  purpose: string;
  progress: ProgressSink;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding a lock file that says which process of which machine holds it. Waits for a live holder (one
 * note says whom for) until `signal` aborts; a holder that died leaves a stale file, which is taken over.
 */
export const withLock = <T>(path: string, work: () => Promise<T>, waiting: Waiting): Promise<T> =>
  holding(path, work, waiting);

/** The same, but an error in the place of waiting: this one, with the process that holds the lock as what was found. */
export const withLockOrError = <T>(path: string, inUse: Problem, work: () => Promise<T>): Promise<T> =>
  holding(path, work, inUse);

/** The process that holds a lock now, in words; undefined where nobody does. */
export async function holderInWords(path: string): Promise<string | undefined> {
  const holder = await holderOf(path);
  return holder !== undefined && (await isAlive(holder)) ? inWords(holder) : undefined;
}

/** Whether a name is that of a lock file, or of one that is being taken or taken away. */
export const isLock = (name: string): boolean => /\.lock(\.\d+\.[0-9a-f]{8}|\.stale\.\d+)?$/.test(name);

/** The lock files in a folder that nobody holds. */
export async function staleLocksIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isLock);
  const stale = names.map(async (name) => {
    const path = join(folder, name);
    return (await holderInWords(path)) === undefined ? [path] : [];
  });
  return (await Promise.all(stale)).flat();
}

async function holding<T>(path: string, work: () => Promise<T>, otherwise: Waiting | Problem): Promise<T> {
  const mine = await acquire(path, otherwise);
  const signs = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, signMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(signs);
    // Of a process that was silent for long it may be another's by now. Where it cannot be taken away it is a dead process's
    // soon, and what the work came to is what is to be told.
    const holds = (await readFile(path, "utf8").catch(() => mine)) === mine;
    if (holds) await rm(path, { force: true }).catch(() => {});
  }
}

/** @returns what the lock file holds */
async function acquire(path: string, otherwise: Waiting | Problem): Promise<string> {
  // The id is written to a neighbour that is then linked into place: a lock file is never seen empty.
  const candidate = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const mine = `${process.pid} ${(await tellOf(process.pid))?.start ?? ""} ${hostname()}`;
  const signal = "purpose" in otherwise ? otherwise.signal : undefined;
  try {
    await makeFolder(dirname(path));
    await writeFile(candidate, mine);
    for (let isNoted = false; ; ) {
      try {
        await link(candidate, path);
        return mine;
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
      const holder = await holderOf(path);
      if (holder === undefined || !(await isAlive(holder))) {
        await discard(path);
        continue;
      }
      if (!("purpose" in otherwise)) throw failure({ ...otherwise, found: withSign(holder) });
      const { purpose, progress } = otherwise;
      // A wait for work of the same process is shown by that work.
      if (!isNoted && !isMine(holder)) progress.note(`waiting: ${purpose} (${inWords(holder)}, ${path})`);
      isNoted = true;
      signal?.throwIfAborted();
      await sleep(pollMs);
    }
  } catch (error) {
    throw signal?.aborted || error instanceof AftError ? error : writeError(path, error);
  } finally {
    // Where it could not be written there is nothing to take away, and that error is the one to tell.
    await rm(candidate, { force: true }).catch(() => {});
  }
}

/** Takes a stale lock file away by renaming it: of two that try, one wins, and a live one that came between is put back. */
async function discard(path: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  const holder = await holderOf(aside);
  if (holder !== undefined && (await isAlive(holder))) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

interface Holder {
  pid: number;
  /** When that process began; unknown where the system does not say. */
  start: string | undefined;
  /** Unknown in the lock of an older version. */
  host: string | undefined;
  /** Its last sign of life, in ms by its machine's clock. */
  signAt: number;
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const [text, status] = await Promise.all([
    readFile(path, "utf8").catch(() => ""),
    stat(path).catch(() => undefined),
  ]);
  const [id = "", start, host] = text.split(" ");
  const pid = Number.parseInt(id, 10);
  if (Number.isNaN(pid) || status === undefined) return undefined;
  return { pid, start: start === "" ? undefined : start, host, signAt: status.mtimeMs };
}

const isHere = ({ host }: Holder): boolean => host === undefined || host === hostname();
const isMine = (holder: Holder): boolean => isHere(holder) && holder.pid === process.pid;
const inWords = (holder: Holder): string =>
  isHere(holder) ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;

const withSign = (holder: Holder): string =>
  isHere(holder) ? inWords(holder) : `${inWords(holder)}, with a sign of life in the last two minutes`;

/**
 * A process of another machine is known by its signs of life. Of one here: what has the holder's id but began at another
 * time is another process, for ids come again, soonest in containers.
 */
async function isAlive(holder: Holder): Promise<boolean> {
  if (!isHere(holder)) return Date.now() - holder.signAt < silenceMs;
  const { pid, start } = holder;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== "EPERM") return false;
  }
  const now = await tellOf(pid);
  if (now === undefined) return true;
  // Ended, and waits for a parent to ask how: in a container without an init for ever.
  if (now.state === "Z") return false;
  return start === undefined || start === now.start;
}

/** What Linux tells of a process: its state and when it began, in ticks (fields 3 and 22 of /proc/PID/stat). */
async function tellOf(
  pid: number,
): Promise<{ state?: string | undefined; start?: string | undefined } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  if (text === "") return undefined;
  // After the name, which may hold anything, a bracket too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], start: fields[19] };
}
