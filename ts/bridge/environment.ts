/**
 * The worker's Python: an interpreter the user names (AFT_PYTHON, worker.python), or a virtual environment of this
 * project's own, made at first need from pinned constraints.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { inputError } from "../core/errors.ts";
import { withLock } from "../core/lock.ts";
import { type ProgressSink, silent } from "../core/progress.ts";
import { inspect, oldest } from "./interpreter.ts";
import { pipInstall } from "./pip.ts";
import {
  constraintsFile,
  type Environment,
  ensureEnvironment,
  requirementsFile,
} from "./virtual-environment.ts";

export interface PythonOptions {
  /** An existing interpreter; AFT_PYTHON comes next, then the project's own environment. */
  python?: string | undefined;
  /** Also the packages that the tests need. */
  development?: boolean;
  progress?: ProgressSink;
  signal?: AbortSignal;
}

const worker: Environment = {
  name: "python",
  folder: ".venv",
  requirements: requirementsFile(""),
  // The worker can do without: an interpreter of the user's own need not have them.
  optional: requirementsFile("-tracking"),
  extras: requirementsFile("-dev"),
  what: "the worker's Python packages",
  otherwise: "set AFT_PYTHON to a Python that has the packages of py/requirements.txt",
};

/** The interpreter that runs the worker, made ready. Errors name what is missing and the command that mends it. */
export async function ensurePython(options: PythonOptions = {}): Promise<string> {
  const named = options.python ?? process.env.AFT_PYTHON;
  if (named !== undefined && named !== "") {
    const source = options.python === undefined ? "AFT_PYTHON" : "worker.python";
    await checkInterpreter(named, source, options.development ?? false);
    return named;
  }
  const { development = false, progress, signal } = options;
  return ensureEnvironment(worker, { extras: development, progress, signal });
}

/**
 * The same, with the package that reads GGUF files, which few need: it is installed at first need, and asked of an
 * interpreter that the user names.
 */
export async function ensureGguf(options: PythonOptions = {}): Promise<string> {
  const python = await ensurePython(options);
  const lacks = async (): Promise<boolean> => (await inspect(python, ["gguf"]))?.missing.length !== 0;
  if (!(await lacks())) return python;
  const requirements = requirementsFile("-gguf");
  const named = options.python || process.env.AFT_PYTHON;
  if (named)
    throw inputError({
      what: `the Python that ${options.python ? "worker.python" : "AFT_PYTHON"} names lacks the package gguf, which reads GGUF files`,
      found: named,
      fix: `${named} -m pip install -r ${requirements} -c ${constraintsFile}`,
    });
  const { progress = silent, signal } = options;
  const install = async (): Promise<void> => {
    if (!(await lacks())) return;
    await pipInstall(python, [requirements], constraintsFile, {
      what: "the package gguf, which reads GGUF files",
      otherwise: "take a model's own folder or hub id in place of a GGUF file",
      progress,
      signal,
    });
  };
  const lock = `${dirname(dirname(python))}.lock`;
  await withLock(lock, install, { purpose: "another aft is installing Python packages", progress, signal });
  return python;
}

/** Package names (as pip spells them) of a requirements file. */
async function requiredPackages(file: string): Promise<string[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.map((line) => line.replace(/[<>=,\s].*$/, "")).filter((name) => name !== "");
}

async function checkInterpreter(python: string, source: string, development: boolean): Promise<void> {
  const packages = await requiredPackages(worker.requirements);
  if (development) packages.push(...(await requiredPackages(worker.extras!)));
  const interpreter = await inspect(python, packages);
  if (interpreter === undefined)
    throw inputError({
      what: `the Python that ${source} names could not be started`,
      found: python,
      expected: `an interpreter of Python ${oldest} or newer`,
      fix: `correct ${source}, or leave it out: aft then makes an environment of its own`,
    });
  if (!interpreter.recent)
    throw inputError({
      what: `the Python that ${source} names is too old`,
      found: `${python} is Python ${interpreter.version}`,
      expected: `Python ${oldest} or newer`,
    });
  if (interpreter.missing.length > 0)
    throw inputError({
      what: `the Python that ${source} names lacks packages: ${interpreter.missing.join(", ")}`,
      found: python,
      fix: `${python} -m pip install -c ${constraintsFile} ${interpreter.missing.join(" ")}`,
    });
}
