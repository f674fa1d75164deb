/** Holds every file of every artefact against its digest, whatever was seen of it before. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { unlessInterrupted } from "../../core/interrupt.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { artefactsIn } from "../run/runner.ts";
import { manifestFile } from "../store/manifest.ts";
import { damageOf } from "../store/store.ts";
import { artefactsOf, readRunFolder, runFolders } from "./folders.ts";

export interface DamagedFile {
  /** The artefact's folder. */
  artefact: string;
  /** Within it. */
  file: string;
  /** "is not what was written" */
  what: string;
  /** The runs that refer to it. */
  runs: string[];
}

export interface Verified {
  artefacts: number;
  files: number;
  bytes: number;
  damaged: DamagedFile[];
  /** Artefacts that a finished run refers to, and that are not there. */
  missing: { artefact: string; runs: string[] }[];
}

export interface VerifyOptions {
  /** The folder of one run, whose artefacts alone are read; of all when left out. */
  run?: string | undefined;
  progress: ProgressSink;
  signal: AbortSignal;
}

export async function verifyRuns(runsDirectory: string, options: VerifyOptions): Promise<Verified> {
  const { run, progress, signal } = options;
  const all = await runFolders(runsDirectory);
  const directory = run === undefined ? undefined : resolve(run);
  const wanted = directory === undefined ? undefined : artefactsOf(await readRunFolder(directory, directory));
  const finished = (await finishedArtefacts(artefactsIn(runsDirectory).root)).filter(
    (artefact) => wanted?.has(artefact) ?? true,
  );
  const runsOf = (artefact: string): string[] =>
    all.filter((folder) => artefactsOf(folder).has(artefact)).map(({ name }) => name);
  const verified: Verified = { artefacts: finished.length, files: 0, bytes: 0, damaged: [], missing: [] };
  const label = "reading artefacts";
  try {
    for (const [at, artefact] of finished.entries()) {
      progress.update({ label, done: at, total: finished.length, unit: "artefacts" });
      const onRead = (_path: string, bytes: number): void => {
        verified.files++;
        verified.bytes += bytes;
      };
      const { damage } = await damageOf(artefact, { weights: true, anew: true, onRead, signal });
      for (const { file, what } of damage)
        verified.damaged.push({ artefact, file, what, runs: runsOf(artefact) });
    }
  } catch (error) {
    throw unlessInterrupted(error, signal);
  } finally {
    progress.end(label);
  }
  const there = new Set(finished);
  const recorded = all
    .filter((folder) => directory === undefined || folder.directory === directory)
    .flatMap((folder) =>
      folder.record === undefined ? [] : [...artefactsOf({ ...folder, started: undefined })],
    );
  for (const artefact of new Set(recorded))
    if (!there.has(artefact)) verified.missing.push({ artefact, runs: runsOf(artefact) });
  return verified;
}

/** The folders of those that have a manifest, a damaged one too. */
async function finishedArtefacts(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  return names
    .sort()
    .map((name) => join(root, name))
    .filter((directory) => manifestFile.isIn({ directory }));
}
