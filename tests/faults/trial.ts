/** One fault: a copy of a finished run less one artefact, the command that makes it again, and what came of it. */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { projectRoot } from "../../ts/core/project.ts";
import type { Random } from "../../ts/core/random.ts";
import { compiledCommand, warmEnvironment } from "../warm/warm.ts";
import { contentOf, differenceOf, resultOf } from "./content.ts";

const experiment = join(projectRoot, "tests", "faults", "least.yaml");
export const runName = "least";

/** The unbroken run, from which every trial begins. */
export interface Base {
  runs: string;
  /** Of the command. */
  env: Record<string, string>;
  /** Folders of artefacts by their stage, with how long they took. */
  stages: ReadonlyMap<string, readonly { folder: string; seconds: number }[]>;
  content: Record<string, string>;
  result: Record<string, string>;
}

export async function makeBase(runs: string): Promise<Base> {
  // Compiled once, and a Python started that has imported what a worker needs.
  await compiledCommand();
  const env = await warmEnvironment();
  const done = await ended(start(runs, env));
  if (done.exitCode !== 0) throw new Error(`the unbroken run failed:\n${done.stderr}`);
  const stages = new Map<string, { folder: string; seconds: number }[]>();
  for (const folder of await readdir(join(runs, "artefacts"))) {
    const file = join(runs, "artefacts", folder, "manifest.json");
    if (!existsSync(file)) continue;
    const { stage, seconds } = JSON.parse(await readFile(file, "utf8"));
    stages.set(stage, [...(stages.get(stage) ?? []), { folder, seconds }]);
  }
  return { runs, env, stages, content: await contentOf(runs), result: await resultOf(runs, runName) };
}

export interface Trial {
  random: Random;
  base: Base;
  runs: string;
  /** Of the artefact that is made again; undefined: all are there, and the report alone is written. */
  target: { folder: string; seconds: number } | undefined;
  /** The worker's process writes its number there. */
  pidFile: string;
}

/** @param stage of the artefact that is to be made again; `report`: none */
export async function newTrial(base: Base, stage: string, random: Random, runs?: string): Promise<Trial> {
  const place = await mkdtemp(join(tmpdir(), "aft-fault-"));
  const trial: Trial = {
    random,
    base,
    runs: runs ?? join(place, "runs"),
    target: stage === "report" ? undefined : random.pick(base.stages.get(stage)!),
    pidFile: join(place, "worker"),
  };
  await cp(base.runs, trial.runs, { recursive: true });
  if (trial.target !== undefined) await rm(pathOf(trial), { recursive: true });
  return trial;
}

/** Of the artefact that is made again. */
export const pathOf = ({ runs, target }: Trial): string => join(runs, "artefacts", target?.folder ?? "");

const program = join(projectRoot, "tests", "warm", "aft.mjs");

const start = (
  runs: string,
  env: Record<string, string>,
  options: readonly string[] = [],
  limit?: string,
) => {
  const command = ["node", program, "run", experiment, "--runs", runs, ...options];
  const [file = "", ...args] =
    limit === undefined ? command : ["bash", "-c", `ulimit ${limit}; exec "$@"`, "bash", ...command];
  return execa(file, args, { cwd: projectRoot, reject: false, env });
};
export type Started = ReturnType<typeof start>;

/** The command of the trial, still running. `limit`: of the shell's `ulimit`. */
export const startIn = (
  { runs, base, pidFile }: Trial,
  { options = [], limit }: { options?: readonly string[]; limit?: string } = {},
): Started => start(runs, { ...base.env, AFT_WORKER_PID_FILE: pidFile }, options, limit);

export interface Ended {
  exitCode: number | undefined;
  stderr: string;
}

/** Longer than any command of this size takes on a machine that does other work too. */
const patienceMs = 300_000;

/** Waits for a command's end. A stack trace, a bug of ours, or no end at all is a fault that was not survived. */
export async function ended(started: Started): Promise<Ended> {
  const late = new AbortController();
  const done = await Promise.race([
    started,
    sleep(patienceMs, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  if (done === undefined) {
    started.kill("SIGKILL");
    throw new Lost(`it did not end in ${patienceMs / 1000} s`);
  }
  const { exitCode } = done;
  const stderr = String(done.stderr);
  const trace = /^ +at .+:\d+:\d+\)?$|Traceback \(most recent|this is a bug in aft|InternalError/m.exec(
    stderr,
  );
  if (trace !== null) throw new Lost(`it told of a bug: ${stderr.slice(-1500)}`);
  return { exitCode, stderr };
}

/** A fault after which something was lost, in words. */
export class Lost extends Error {}

/** Waits for a random moment of the making of the target, or of the whole command where that is short or there is none. */
export async function randomMoment({ random, target, ...trial }: Trial, started: Started): Promise<void> {
  let isOver = false;
  started.then(() => {
    isOver = true;
  });
  const share = random.next();
  if (target !== undefined)
    while (!isOver && !existsSync(join(trial.runs, "artefacts", target.folder))) await sleep(10);
  const typicalMs = 1000 * (target === undefined ? 4 : 0.2 + 1.5 * target.seconds);
  await sleep(share * typicalMs);
}

export type Outcome = "identical" | "one clear error";

/** The same command again: what it comes to, held against the unbroken run. */
export async function outcomeOf(trial: Trial): Promise<{ outcome: Outcome; detail?: string }> {
  const again = await ended(startIn(trial));
  if (again.exitCode !== 0) {
    if (![1, 2].includes(again.exitCode ?? 0))
      throw new Lost(`it ended with ${again.exitCode}: ${again.stderr.slice(-500)}`);
    return { outcome: "one clear error", detail: again.stderr.slice(-500) };
  }
  const { content } = trial.base;
  const ours = new Set(Object.keys(content).map(folderOf));
  // Another run of these trials may have left work of its own.
  const found = Object.entries(await contentOf(trial.runs)).filter(([name]) => ours.has(folderOf(name)));
  const difference =
    differenceOf(content, Object.fromEntries(found)) ??
    differenceOf(trial.base.result, await resultOf(trial.runs, runName));
  if (difference !== undefined) throw new Lost(`${difference}\n${again.stderr.slice(-1500)}`);
  return { outcome: "identical" };
}

/** Of the name of a file of an artefact. */
const folderOf = (name: string): string => name.split("/")[0]!;
