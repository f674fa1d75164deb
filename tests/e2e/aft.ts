import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, type Options } from "execa";
import { projectRoot } from "../../ts/core/project.ts";

const bin = join(projectRoot, "ts", "cli", "bin.mjs");

/** Runs the `aft` command as a user does, and gives what it printed and its exit code. */
export async function aft(args: readonly string[], options: Options = {}) {
  const { exitCode, stdout, stderr } = await execa("node", [bin, ...args], {
    cwd: projectRoot,
    reject: false,
    ...options,
  });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

/** The same, still running. */
export const startAft = (args: readonly string[]) =>
  execa("node", [bin, ...args], { cwd: projectRoot, reject: false, all: true });

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "aft-e2e-"));

/** Waits until something is so; fails after `timeoutMs`. */
export async function until(so: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await so())) {
    if (Date.now() > end) throw new Error("it never came to be so");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
