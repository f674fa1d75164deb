import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ensureJupyter, type Jupyter, serve, trustNotebooks } from "../bridge/index.ts";
import { inputError } from "../core/errors.ts";
import { unlessInterrupted } from "../core/interrupt.ts";
import { projectRoot } from "../core/project.ts";
import { define } from "./definition.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

export const notebook = define({
  positionals: {
    folder: {
      type: "string",
      describe: "where the notebooks lie; by default those of this project, else here",
    },
  },
  options: {
    browser: {
      type: "boolean",
      default: true,
      describe: "open a browser; --no-browser: print the address only",
    },
    port: { type: "string", least: 1, default: "8888", describe: "the next free one when it is taken" },
  },
  async handler({ folder, browser, port }) {
    const root = folderOf(folder);
    await serveUntilStopped("jupyterlab", jupyterArguments(root, { browser, port }), {
      cwd: root,
      async ready(signal) {
        const jupyter = await ensureJupyter({ progress: progressOn(), signal });
        if (root === notebooksFolder) await trustNotebooks(jupyter, await notebooksIn(root));
        return jupyter;
      },
    });
  },
});

/** Runs a server until it ends or the user stops it, which ends with 130: without a question, and leaving nothing behind. */
export async function serveUntilStopped(
  module: string,
  settings: readonly string[],
  { cwd, ready }: { cwd: string; ready: (signal: AbortSignal) => Promise<Jupyter> },
): Promise<void> {
  await untilInterrupted(
    async (signal) => {
      try {
        const exitCode = await serve(module, settings, await ready(signal), { cwd, signal });
        process.exitCode = signal.aborted ? 130 : exitCode;
      } catch (error) {
        throw unlessInterrupted(error, signal);
      }
    },
    { notice: "stopping Jupyter and its kernels" },
  );
}

/** This project's notebooks; an installed package has none. */
const notebooksFolder = join(projectRoot, "experiments", "notebooks");

const notebooksIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).map((name) => join(folder, name));

/** The folder that is opened. */
export function folderOf(given: string | undefined): string {
  const folder =
    given === undefined ? (existsSync(notebooksFolder) ? notebooksFolder : process.cwd()) : resolve(given);
  if (existsSync(folder)) return folder;
  throw inputError({ what: "no such folder", where: folder, expected: "a folder with notebooks" });
}

export const jupyterArguments = (
  root: string,
  { browser, port }: { browser: boolean; port: number },
  isRoot = process.getuid?.() === 0,
): string[] => [
  `--ServerApp.root_dir=${root}`,
  `--ServerApp.port=${port}`,
  // Nothing is asked of the network.
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  "--LabApp.news_url=None",
  // A kernel that does not end when asked is not waited for long.
  "--KernelManager.shutdown_wait_time=1",
  ...(browser ? [] : ["--no-browser"]),
  // In a container the user is mostly root, which Jupyter refuses by default.
  ...(isRoot ? ["--allow-root"] : []),
];
