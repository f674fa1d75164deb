import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "./errors.ts";
import { makeFolder, writeError } from "./files.ts";
import type { ProgressSink } from "./progress.ts";

const pollMs = 250;

export interface Waiting {
  /** What is waited for, in a note's words. */
  purpose: string;
  progress: ProgressSink;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding a lock file that says which process holds it. Waits for a live holder (one note says
 * whom for) until `signal` aborts; a holder that died leaves a stale file, which is taken over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, waiting: Waiting): Promise<T> {
  await acquire(path, waiting);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, { purpose, progress, signal }: Waiting): Promise<void> {
  // The id is written to a neighbour that is then linked into place: a lock file is never seen empty.
  const candidate = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await makeFolder(dirname(path));
    await writeFile(candidate, `${process.pid} ${(await startOf(process.pid)) ?? ""}`);
    for (let isNoted = false; ; ) {
      try {
        await link(candidate, path);
        return;
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
      const holder = await holderOf(path);
      if (holder === undefined || !(await isAlive(holder))) {
        await discard(path);
        continue;
      }
      // A wait for work of the same process is shown by that work.
      if (!isNoted && holder.pid !== process.pid)
        progress.note(`waiting: ${purpose} (process ${holder.pid}, ${path})`);
      isNoted = true;
      signal?.throwIfAborted();
      await sleep(pollMs);
    }
  } catch (error) {
    throw signal?.aborted ? error : writeError(path, error);
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
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const [id = "", start] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  const pid = Number.parseInt(id, 10);
  return Number.isNaN(pid) ? undefined : { pid, start: start === "" ? undefined : start };
}

/** A process that has the holder's id but began at another time is another: ids come again, soonest in containers. */
async function isAlive({ pid, start }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return start === undefined || now === undefined || start === now;
}

/** When a process began, in the kernel's ticks (Linux: field 22 of /proc/PID/stat, the 20th after the name). */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text === "" ? undefined : text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}
