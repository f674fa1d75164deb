import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa, type Options } from "execa";
import { projectRoot } from "../../ts/core/project.ts";
import { compiledCommand, warmEnvironment } from "../warm/warm.ts";

const bin = join(projectRoot, "ts", "cli", "bin.mjs");

/** Runs the `aft` command, quickly: see `tests/warm`. Gives what it printed and its exit code. */
export async function aft(args: readonly string[], { env, ...options }: Options = {}) {
  return run(await compiledCommand(), args, { ...options, env: { ...(await warmEnvironment()), ...env } });
}

/** The same exactly as a user does, with a Python of its own. */
export const coldAft = (args: readonly string[], options: Options = {}) => run(bin, args, options);

async function run(program: string, args: readonly string[], options: Options) {
  const { exitCode, stdout, stderr } = await execa("node", [program, ...args], {
    cwd: projectRoot,
    reject: false,
    ...options,
  });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

/** As a user does, still running. */
export const startAft = (args: readonly string[], env: Record<string, string> = {}) =>
  execa("node", [bin, ...args], { cwd: projectRoot, reject: false, all: true, env });

/** The first line that it prints, however many pieces that comes in. */
export async function firstLine({ stdout }: { stdout: Readable }): Promise<string> {
  const [line] = (await once(createInterface({ input: stdout }), "line")) as [string];
  return line;
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "aft-e2e-"));

/** Waits until something is so; fails after `timeoutMs`. */
export async function until(so: () => boolean | Promise<boolean>, timeoutMs = 240_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await so())) {
    if (Date.now() > end) throw new Error("it never came to be so");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether an artefact of this kind has a file of at least so many lines. */
export async function someFile(runs: string, kind: RegExp, name: string, lines: number): Promise<boolean> {
  const artefacts = join(runs, "artefacts");
  if (!existsSync(artefacts)) return false;
  for (const directory of (await readdir(artefacts)).filter(
    (one) => kind.test(one) && !one.endsWith(".lock"),
  )) {
    const file = join(artefacts, directory, name);
    if (existsSync(file) && (await readFile(file, "utf8")).split("\n").length > lines) return true;
  }
  return false;
}

interface Manifest {
  stage: string;
  // biome-ignore lint/suspicious/noExplicitAny: each stage has settings of its own.
  settings: any;
}

/** The folder of a run's finished artefact of this stage. */
export async function artefactOf(
  runs: string,
  stage: string,
  fits: (manifest: Manifest) => boolean,
): Promise<string> {
  for (const name of await readdir(join(runs, "artefacts"))) {
    const folder = join(runs, "artefacts", name);
    const file = join(folder, "manifest.json");
    if (!name.startsWith(`${stage}-`) || !existsSync(file)) continue;
    if (fits(JSON.parse(await readFile(file, "utf8")))) return folder;
  }
  throw new Error(`no finished ${stage} in ${runs}`);
}
