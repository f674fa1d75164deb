/** Weights, samples and states are handed over in the runs folder: the worker's machine must have the same one. */
import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Worker } from "../../bridge/index.ts";
import { inputError } from "../../core/errors.ts";
import { makeFolder, writeError } from "../../core/files.ts";

/** A network's file system may show late what another machine wrote. */
const patienceMs = 5_000;

/**
 * Each of the two sides reads what the other one wrote.
 * @throws AftError where they do not see the same folder, with what to do
 */
export async function checkSharedFolder(
  worker: Worker,
  directory: string,
  signal: AbortSignal,
  patience = patienceMs,
): Promise<void> {
  const folder = resolve(directory);
  const content = randomBytes(16).toString("hex");
  const file = join(folder, `.shared-${content.slice(0, 8)}`);
  const answer = `${file}-answer`;
  try {
    await makeFolder(folder);
    await writeFile(file, content).catch((error: unknown) => {
      throw writeError(file, error);
    });
    const { host, problem } = await worker.request("folder/check", { file, content, answer }, { signal });
    const found =
      problem ??
      ((await holds(answer, content, patience)) ? undefined : `what ${host} writes there is not seen here`);
    if (found !== undefined)
      throw inputError({
        what: `the runs folder is not shared with ${host}, on which the worker runs`,
        where: folder,
        found,
        expected:
          "one folder at one path on both machines: weights, samples and states are handed over in it",
        fix: "mount it there at the same path (NFS, Lustre, sshfs), or name a shared folder with --runs",
      });
  } finally {
    await Promise.all([file, answer].map((path) => rm(path, { force: true })));
  }
}

async function holds(file: string, content: string, patience: number): Promise<boolean> {
  const until = Date.now() + patience;
  while (true) {
    if ((await readFile(file, "utf8").catch(() => undefined)) === content) return true;
    if (Date.now() > until) return false;
    await wait(100);
  }
}
