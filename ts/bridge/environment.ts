/**
 * The worker's Python environment: an interpreter the user names (AFT_PYTHON, worker.python), or a virtual
 * environment of this project's own, made at first need from pinned constraints.
 */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { digestOf } from "../core/digest.ts";
import { failure, inputError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import { withLock } from "../core/lock.ts";
import { type ProgressSink, silent } from "../core/progress.ts";
import { projectRoot } from "../core/project.ts";
import { findInterpreter, inspect, oldest } from "./interpreter.ts";
import { pipInstall } from "./pip.ts";

export interface PythonOptions {
  /** An existing interpreter; AFT_PYTHON comes next, then the project's own environment. */
  python?: string | undefined;
  /** Also the packages that the tests need. */
  development?: boolean;
  progress?: ProgressSink;
  signal?: AbortSignal;
}

const requirementsFile = (development: boolean): string =>
  join(projectRoot, "py", development ? "requirements-dev.txt" : "requirements.txt");
/** What the worker can do without: an interpreter of the user's own need not have it. */
const trackingFile = join(projectRoot, "py", "requirements-tracking.txt");
const constraintsFile = join(projectRoot, "py", "constraints.txt");
const environmentDirectory = join(projectRoot, ".venv");
const interpreterIn = (directory: string): string =>
  process.platform === "win32" ? join(directory, "Scripts", "python.exe") : join(directory, "bin", "python");

/** The interpreter that runs the worker, made ready. Errors name what is missing and the command that mends it. */
export async function ensurePython(options: PythonOptions = {}): Promise<string> {
  const named = options.python ?? process.env.AFT_PYTHON;
  if (named !== undefined && named !== "") {
    const source = options.python === undefined ? "AFT_PYTHON" : "worker.python";
    await checkInterpreter(named, source, options.development ?? false);
    return named;
  }
  return ownEnvironment(options);
}

/** Package names (as pip spells them) of a requirements file. */
async function requiredPackages(file: string): Promise<string[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.map((line) => line.replace(/[<>=,\s].*$/, "")).filter((name) => name !== "");
}

async function checkInterpreter(python: string, source: string, development: boolean): Promise<void> {
  const packages = await requiredPackages(requirementsFile(false));
  if (development) packages.push(...(await requiredPackages(requirementsFile(true))));
  const found = await inspect(python, packages);
  if (found === undefined)
    throw inputError({
      what: `the Python that ${source} names could not be started`,
      found: python,
      expected: `an interpreter of Python ${oldest} or newer`,
      fix: `correct ${source}, or leave it out: aft then makes an environment of its own`,
    });
  if (!found.recent)
    throw inputError({
      what: `the Python that ${source} names is too old`,
      found: `${python} is Python ${found.version}`,
      expected: `Python ${oldest} or newer`,
    });
  if (found.missing.length > 0)
    throw inputError({
      what: `the Python that ${source} names lacks packages: ${found.missing.join(", ")}`,
      found: python,
      fix: `${python} -m pip install -c ${constraintsFile} ${found.missing.join(" ")}`,
    });
}

interface Stamp {
  digest: string;
  development: boolean;
}

async function ownEnvironment(options: PythonOptions): Promise<string> {
  const development = options.development ?? false;
  const digest = digestOf(
    await Promise.all(
      [constraintsFile, requirementsFile(false), trackingFile, requirementsFile(true)].map((file) =>
        readFile(file, "utf8"),
      ),
    ),
  );
  const ready = async (): Promise<boolean> => {
    const stamp = await readStamp();
    return (
      stamp?.digest === digest &&
      (stamp.development || !development) &&
      existsSync(interpreterIn(environmentDirectory))
    );
  };
  if (await ready()) return interpreterIn(environmentDirectory);
  const progress = options.progress ?? silent;
  await withLock(
    `${environmentDirectory}.lock`,
    "another aft is making the Python environment",
    progress,
    async () => {
      if (await ready()) return;
      await build(digest, development, progress, options.signal);
    },
    options.signal,
  );
  return interpreterIn(environmentDirectory);
}

const stampFile = join(environmentDirectory, "aft-environment.json");

async function readStamp(): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(stampFile, "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

async function build(
  digest: string,
  development: boolean,
  progress: ProgressSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const base = await findInterpreter();
  // An environment whose making was cut off, or made from other pins, is begun anew; one that only lacks the
  // development packages is added to.
  const stamp = await readStamp();
  if (stamp === undefined && existsSync(environmentDirectory))
    throw inputError({
      what: "a folder that aft did not make stands where it makes its Python environment",
      where: environmentDirectory,
      fix: `move it away, or use it: AFT_PYTHON=${interpreterIn(environmentDirectory)}`,
    });
  if (stamp?.digest !== digest) {
    await rm(environmentDirectory, { recursive: true, force: true });
    // From its first moment on the folder says whose it is.
    await writeFileAtomic(stampFile, JSON.stringify({ digest: "", development } satisfies Stamp));
    progress.note(`making the Python environment ${environmentDirectory} (once; a few minutes)`);
    const made = await execa(base, ["-m", "venv", environmentDirectory], { reject: false, all: true });
    signal?.throwIfAborted();
    if (made.exitCode !== 0)
      throw failure({
        what: `could not make a virtual environment with ${base}`,
        found: (made.all ?? made.shortMessage ?? "").trim().split("\n").slice(-3).join(" "),
        fix: "install Python's venv module (Debian and Ubuntu: apt-get install python3-venv), or set AFT_PYTHON to a Python that has the packages of py/requirements.txt",
      });
  }
  const files = [requirementsFile(false), trackingFile, ...(development ? [requirementsFile(true)] : [])];
  await pipInstall(interpreterIn(environmentDirectory), files, constraintsFile, progress, signal);
  await writeFileAtomic(stampFile, JSON.stringify({ digest, development } satisfies Stamp));
}
