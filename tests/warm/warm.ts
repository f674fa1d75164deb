/**
 * What makes many tests of whole commands cheap: a Python that forks workers in the place of one that imports torch for
 * each, and the command compiled once in the place of a compiler at every start. Neither changes what is tested; tests of
 * how a worker starts or dies, and one walk of the whole pipeline, take the real ones.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { ensurePython } from "../../ts/bridge/index.ts";
import { withLock } from "../../ts/core/lock.ts";
import { silent } from "../../ts/core/progress.ts";
import { projectRoot } from "../../ts/core/project.ts";

let environment: Promise<Record<string, string>> | undefined;

/** The environment in which a command finds the warm Python. */
export const warmEnvironment = (): Promise<Record<string, string>> =>
  (environment ??= ensurePython().then((python) => ({
    AFT_PYTHON: join(projectRoot, "tests", "warm", "python"),
    AFT_WARM_PYTHON: python,
    AFT_WARM_SOCKET: process.env.AFT_WARM_SOCKET!,
    AFT_WARM_PARENT: process.env.AFT_WARM_PARENT!,
  })));

let program: Promise<string> | undefined;

/** A module that runs the command, compiled from the present sources once in a run of the tests. */
export const compiledCommand = (): Promise<string> => (program ??= compile());

/** Beside the sources and as deep as they lie, so that everything that they look for from there is found. */
const compiled = join(projectRoot, ".compiled");

async function compile(): Promise<string> {
  const stamp = join(compiled, `done-${process.env.AFT_WARM_PARENT}`);
  await mkdir(compiled, { recursive: true });
  const work = async (): Promise<void> => {
    if (existsSync(stamp)) return;
    await execa("node", [join(projectRoot, "tests", "warm", "compile.mjs"), compiled, stamp]);
  };
  await withLock(join(compiled, "lock"), work, { purpose: "the compiled command", progress: silent });
  return join(projectRoot, "tests", "warm", "aft.mjs");
}
