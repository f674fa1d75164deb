/** What may go from a folder of runs: artefacts that no run refers to, and what killed processes left. */
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { failure, inputError, messageOf } from "../../core/errors.ts";
import { leftoversIn, writeError } from "../../core/files.ts";
import { holderInWords, isLock, staleLocksIn, withLockOrError } from "../../core/lock.ts";
import { runFiles } from "../run/files.ts";
import { artefactsIn } from "../run/runner.ts";
import { manifestFile } from "../store/manifest.ts";
import { forget, seenFolder } from "../store/verify.ts";
import { bytesFreed } from "./disk.ts";
import { artefactsOf, runFolders, workFolders } from "./folders.ts";

export interface Unused {
  kind: "artefact" | "unfinished artefact" | "leftover";
  path: string;
  /** Alone; where weights are shared all together may free more. */
  bytes: number;
}

export interface Garbage {
  unused: Unused[];
  /** All together. */
  bytes: number;
}

/** Finds it; nothing is removed. Refused where what a run refers to is not known. */
export async function findGarbage(runsDirectory: string): Promise<Garbage> {
  const folders = await runFolders(runsDirectory);
  for (const { directory, problem } of folders)
    if (problem !== undefined)
      throw inputError(
        {
          what: "what this run refers to cannot be read, so that nothing can be said to be unused",
          where: directory,
          found: messageOf(problem).split("\n", 1)[0],
          fix: "run its experiment again, or remove the folder",
        },
        { cause: problem },
      );
  const { root } = artefactsIn(runsDirectory);
  const used = new Set(folders.flatMap((folder) => [...artefactsOf(folder)]));
  const found: Omit<Unused, "bytes">[] = [];
  for (const name of (await readdir(root).catch(() => [])).sort()) {
    const directory = join(root, name);
    if (name === seenFolder || isLock(name)) continue;
    const isFinished = manifestFile.isIn({ directory });
    if (!used.has(directory))
      found.push({ kind: isFinished ? "artefact" : "unfinished artefact", path: directory });
    // One that is gone on with needs what is under way in it.
    else if (isFinished)
      for (const path of await leftoversIn(directory)) found.push({ kind: "leftover", path });
  }
  for (const path of await leftoversOf(runsDirectory, root)) found.push({ kind: "leftover", path });
  const unused = await Promise.all(
    found.map(async (one) => ({ ...one, bytes: await bytesFreed([one.path]) })),
  );
  return { unused, bytes: await bytesFreed(unused.map(({ path }) => path)) };
}

/** In the folders of runs and beside the artefacts. */
async function leftoversOf(runsDirectory: string, root: string): Promise<Set<string>> {
  const seen = join(root, seenFolder);
  const artefacts = new Set(await readdir(root).catch(() => []));
  const orphans = (await readdir(seen).catch(() => [])).filter(
    (name) => !artefacts.has(basename(name, ".json")),
  );
  const folders = await workFolders(runsDirectory);
  const parts = await Promise.all([
    ...folders.map((folder) => leftoversIn(folder)),
    ...[root, ...folders].map(staleLocksIn),
    leftoversIn(root, { shallow: true }),
  ]);
  return new Set([...parts.flat(), ...orphans.map((name) => join(seen, name))]);
}

/** Removes what {@link findGarbage} finds now, of what was found before. Refused while a process works among the runs. */
export async function removeGarbage(runsDirectory: string, before: Garbage): Promise<Garbage> {
  await refuseWhileInUse(runsDirectory);
  const agreed = new Set(before.unused.map(({ path }) => path));
  const now = await findGarbage(runsDirectory);
  const unused = now.unused.filter(({ path }) => agreed.has(path));
  const bytes = await bytesFreed(unused.map(({ path }) => path));
  for (const { kind, path } of unused) {
    const remove = () =>
      rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw writeError(path, error);
      });
    if (kind === "leftover") await remove();
    else {
      await withLockOrError(`${path}.lock`, { what: "an artefact is in use", where: path }, remove);
      await forget(path);
    }
  }
  return { unused, bytes };
}

async function refuseWhileInUse(runsDirectory: string): Promise<void> {
  const { root } = artefactsIn(runsDirectory);
  const runs = (await workFolders(runsDirectory)).map((folder) => join(folder, runFiles.lock));
  const artefacts = (await readdir(root).catch(() => [])).filter(isLock).map((name) => join(root, name));
  for (const lock of [...runs, ...artefacts]) {
    const holder = await holderInWords(lock);
    if (holder !== undefined)
      throw failure({
        what: "a run is going on, which may come to need what no run refers to yet",
        where: lock,
        found: holder,
        fix: "wait until it has ended, and run the same command again",
      });
  }
}
