import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { ensureJupyter, trustNotebooks } from "../bridge/index.ts";
import { inputError } from "../core/errors.ts";
import { projectRoot } from "../core/project.ts";
import type { Definition } from "./definition.ts";
import { progressOn } from "./progress.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  folder: string | undefined;
  browser: boolean;
  port: string;
}

export const notebook: Definition<Values> = {
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
    port: { type: "string", default: "8888", describe: "the next free one when it is taken" },
  },
  async handler({ folder, browser, port }) {
    const root = folderOf(folder);
    const wanted = wholeNumber("port", 1, port);
    const jupyter = await ensureJupyter({ progress: progressOn() });
    if (root === own) await trustNotebooks(jupyter, await notebooksIn(own));
    const { exitCode } = await execa(jupyter.python, jupyterArguments(root, { browser, port: wanted }), {
      stdio: "inherit",
      reject: false,
      cwd: root,
      env: jupyter.env,
    });
    process.exitCode = exitCode ?? 1;
  },
};

/** This project's notebooks; an installed package has none. */
const own = join(projectRoot, "experiments", "notebooks");

const notebooksIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).map((name) => join(folder, name));

/** The folder that is opened. */
export function folderOf(given: string | undefined): string {
  const folder = given === undefined ? (existsSync(own) ? own : process.cwd()) : resolve(given);
  if (existsSync(folder)) return folder;
  throw inputError({ what: "no such folder", where: folder, expected: "a folder with notebooks" });
}

export const jupyterArguments = (
  root: string,
  { browser, port }: { browser: boolean; port: number },
  isRoot = process.getuid?.() === 0,
): string[] => [
  "-m",
  "jupyterlab",
  `--ServerApp.root_dir=${root}`,
  `--ServerApp.port=${port}`,
  // Nothing is asked of the network.
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  "--LabApp.news_url=None",
  ...(browser ? [] : ["--no-browser"]),
  // In a container one is mostly root, which Jupyter else refuses.
  ...(isRoot ? ["--allow-root"] : []),
];
