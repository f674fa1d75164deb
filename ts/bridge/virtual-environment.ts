/**
 * Virtual environments of this project's own, made at first need from pinned constraints. In a checkout they lie beside
 * the sources; of an installed package, whose folder goes with every `npm install`, in the user's cache, one for each
 * set of pins, so that an update of aft with the same pins finds its Python again.
 */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { digestOf } from "../core/digest.ts";
import { failure, inputError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import { withLock } from "../core/lock.ts";
import { type ProgressSink, silent } from "../core/progress.ts";
import { isInstalled, projectRoot } from "../core/project.ts";
import { findInterpreter } from "./interpreter.ts";
import { pipInstall } from "./pip.ts";

export interface Environment {
  /** Its folder's name in the cache begins so. */
  name: string;
  /** Its folder's name in a checkout. */
  folder: string;
  /** A requirements file. */
  requirements: string;
  /** Another, installed with the first, though not required of an interpreter that the user names. */
  optional?: string;
  /** A third, installed for those who ask for it. */
  extras?: string;
  /** What is installed, in a few words. */
  what: string;
  /** What a user can do where it cannot be made. */
  otherwise: string;
}

export interface MakeOptions {
  /** With the packages of `extras`. */
  extras?: boolean;
  progress?: ProgressSink | undefined;
  signal?: AbortSignal | undefined;
}

export const requirementsFile = (kind: string): string => join(projectRoot, "py", `requirements${kind}.txt`);
export const constraintsFile = join(projectRoot, "py", "constraints.txt");

const interpreterIn = (directory: string): string =>
  process.platform === "win32" ? join(directory, "Scripts", "python.exe") : join(directory, "bin", "python");

/** Where an installed aft keeps what is costly to make: AFT_CACHE, or `aft` in the user's own cache folder. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (env.AFT_CACHE) return resolve(env.AFT_CACHE);
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "aft");
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "aft");
  return join(homedir(), platform === "darwin" ? "Library/Caches" : ".cache", "aft");
}

/** The folder of an environment with these pins. */
export const environmentFolder = (
  { name, folder }: Environment,
  digest: string,
  installed = isInstalled,
): string => (installed ? join(cacheFolder(), `${name}-${digest.slice(0, 12)}`) : join(projectRoot, folder));

/** The interpreter of an environment, made when it is not there or other pins made it. */
export async function ensureEnvironment(environment: Environment, options: MakeOptions): Promise<string> {
  const { extras = false, progress = silent, signal } = options;
  const files = [constraintsFile, environment.requirements, environment.optional, environment.extras].filter(
    (file) => file !== undefined,
  );
  const digest = digestOf(await Promise.all(files.map((file) => readFile(file, "utf8"))));
  const directory = environmentFolder(environment, digest);
  const ready = async (): Promise<boolean> => {
    const stamp = await readStamp(directory);
    return stamp?.digest === digest && (stamp.more || !extras) && existsSync(interpreterIn(directory));
  };
  if (await ready()) return interpreterIn(directory);
  await withLock(
    `${directory}.lock`,
    async () => {
      if (await ready()) return;
      await build(environment, directory, { digest, more: extras }, progress, signal);
    },
    { purpose: "another aft is making the Python environment", progress, signal },
  );
  return interpreterIn(directory);
}

interface Stamp {
  digest: string;
  /** With the extras. */
  more: boolean;
}

const stampFile = (directory: string): string => join(directory, "aft-environment.json");

async function readStamp(directory: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(stampFile(directory), "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

async function build(
  { requirements, optional, extras, what, otherwise }: Environment,
  directory: string,
  wanted: Stamp,
  progress: ProgressSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const base = await findInterpreter();
  // An environment whose making was cut off, or made from other pins, is begun anew; one that only lacks the
  // further packages is added to.
  const stamp = await readStamp(directory);
  if (stamp === undefined && existsSync(directory))
    throw inputError({
      what: "a folder that aft did not make stands where it makes its Python environment",
      where: directory,
      fix: `move it away, or use it: AFT_PYTHON=${interpreterIn(directory)}`,
    });
  if (stamp?.digest !== wanted.digest) {
    await rm(directory, { recursive: true, force: true });
    // From its first moment on the folder says whose it is.
    await writeFileAtomic(stampFile(directory), JSON.stringify({ ...wanted, digest: "" } satisfies Stamp));
    progress.note(`making the Python environment ${directory} (once; a few minutes)`);
    const made = await execa(base, ["-m", "venv", directory], { reject: false, all: true });
    signal?.throwIfAborted();
    if (made.exitCode !== 0)
      throw failure({
        what: `could not make a virtual environment with ${base}`,
        found: (made.all ?? made.shortMessage ?? "").trim().split("\n").slice(-3).join(" "),
        fix: `install Python's venv module (Debian and Ubuntu: apt-get install python3-venv), or ${otherwise}`,
      });
  }
  const files = [requirements, optional, wanted.more ? extras : undefined].filter(
    (file) => file !== undefined,
  );
  await pipInstall(interpreterIn(directory), files, constraintsFile, { what, otherwise, progress, signal });
  await writeFileAtomic(stampFile(directory), JSON.stringify(wanted));
}
