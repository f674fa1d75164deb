/** Every run, also those that are not at their end: how far it is, what it takes on the disk, and when. */
import { join, relative, resolve } from "node:path";
import { defined } from "../../core/defined.ts";
import { messageOf } from "../../core/errors.ts";
import { holderInWords } from "../../core/lock.ts";
import { runFiles } from "../run/files.ts";
import type { Started } from "../run/started.ts";
import { manifestFile } from "../store/manifest.ts";
import { bytesOf } from "./disk.ts";
import { artefactsOf, type RunFolder, readRunFolder, runFolders } from "./folders.ts";

export interface ShownStage {
  /** `align aft-bc seed 1` */
  label: string;
  /** Its artefact, relative to the folder of runs. */
  artefact: string;
  done: boolean;
  bytes: number;
  /** Of work; left out while it is not done. */
  seconds?: number;
  finishedAt?: string;
}

export interface ShownRun {
  /** Its folder, relative to the folder of runs. */
  name: string;
  /** done: its report is there, and all that it was made from. */
  state: "done" | "running" | "unfinished" | "damaged";
  /** The process that works on it. */
  process?: string;
  /** Of the run that was begun last. */
  stages: { done: number; total: number };
  /** Of its folder and its artefacts; those that runs share count for each. */
  bytes: number;
  /** When it ended, or else when it was begun last. */
  at: string;
  problem?: string;
}

export async function showRuns(runsDirectory: string): Promise<ShownRun[]> {
  return Promise.all((await runFolders(runsDirectory)).map(showRun));
}

/** One run with each of its stages. */
export async function showStages(
  directory: string,
  runsDirectory: string,
): Promise<ShownRun & { all: ShownStage[] }> {
  const folder = await readRunFolder(
    resolve(directory),
    relative(resolve(runsDirectory), resolve(directory)),
  );
  const all = latest(folder).map(({ label, artefact }) =>
    showStage(resolve(folder.directory, artefact), label, runsDirectory),
  );
  return { ...(await showRun(folder)), all: await Promise.all(all) };
}

async function showRun(folder: RunFolder): Promise<ShownRun> {
  const bytes = await bytesOf([folder.directory, ...artefactsOf(folder)]);
  return { ...(await stateOf(folder)), bytes };
}

/** @param isStageDone whether the artefact in a folder is finished */
export async function stateOf(
  folder: RunFolder,
  isStageDone: (artefact: string) => Promise<boolean> = isDone,
): Promise<Omit<ShownRun, "bytes">> {
  const { name, directory, record, started, problem } = folder;
  const process = await holderInWords(join(directory, runFiles.lock));
  const stages = latest(folder);
  const done = await Promise.all(stages.map(({ artefact }) => isStageDone(resolve(directory, artefact))));
  const count = { done: done.filter(Boolean).length, total: stages.length };
  const isEnded = record !== undefined && !isNewer(folder) && count.done === count.total;
  return {
    name,
    state:
      process !== undefined ? "running" : problem !== undefined ? "damaged" : isEnded ? "done" : "unfinished",
    ...defined({ process }),
    stages: count,
    at: (isEnded ? record?.finishedAt : started?.startedAt) ?? record?.finishedAt ?? "",
    ...defined({ problem: problem === undefined ? undefined : messageOf(problem).split("\n", 1)[0] }),
  };
}

/** Whether a run was begun after the one whose record is there. */
const isNewer = ({ record, started }: RunFolder): boolean =>
  started !== undefined && (record === undefined || started.startedAt > record.finishedAt);

/** Of the run that was begun last; runs of older versions left a record alone. */
export function latest({ record, started }: RunFolder): Started["stages"] {
  if (started !== undefined) return started.stages;
  return (record?.stages ?? []).map(({ stage, method, task, seed, artefact }) => {
    const parts = [stage, method, task, seed === undefined ? undefined : `seed ${seed}`];
    const label = parts.filter((part) => part !== undefined).join(" ");
    return { stage, label, artefact, ...defined({ method, seed }) };
  });
}

const isDone = async (directory: string): Promise<boolean> =>
  (await manifestFile.find({ directory })) !== undefined;

async function showStage(path: string, label: string, runsDirectory: string): Promise<ShownStage> {
  const manifest = await manifestFile.find({ directory: path });
  return {
    label,
    artefact: relative(resolve(runsDirectory), path),
    done: manifest !== undefined,
    bytes: await bytesOf([path]),
    ...defined({ seconds: manifest?.seconds, finishedAt: manifest?.finishedAt }),
  };
}
