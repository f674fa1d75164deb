import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "./errors.ts";
import { writeError } from "./files.ts";
import type { ProgressSink } from "./progress.ts";

const pollMs = 250;

/**
 * Runs `work` while holding a lock file that carries this process's id. Waits for a live holder (one note says
 * whom for); a holder that died leaves a stale file, which is taken over.
 */
export async function withLock<T>(
  path: string,
  waitingFor: string,
  progress: ProgressSink,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(path, waitingFor, progress);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, waitingFor: string, progress: ProgressSink): Promise<void> {
  // The id is written to a neighbour that is then linked into place: a lock file is never seen empty.
  const mine = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(mine, String(process.pid));
    for (let told = false; ; ) {
      try {
        await link(mine, path);
        return;
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
      const holder = await holderOf(path);
      if (holder === undefined || !isAlive(holder)) {
        await discard(path);
        continue;
      }
      if (!told) progress.note(`waiting: ${waitingFor} (process ${holder})`);
      told = true;
      await sleep(pollMs);
    }
  } catch (error) {
    throw writeError(path, error);
  } finally {
    await rm(mine, { force: true });
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
  if (holder !== undefined && isAlive(holder)) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isNaN(pid) ? undefined : pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
