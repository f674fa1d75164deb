/** Jupyter, in an environment of its own that knows one more kernel: Deno's, for this project only. */
import { dirname, join } from "node:path";
import { execa } from "execa";
import { writeFileAtomic } from "../core/files.ts";
import { projectRoot } from "../core/project.ts";
import { findDeno } from "./deno.ts";
import {
  type Environment,
  ensureEnvironment,
  type MakeOptions,
  requirementsFile,
} from "./virtual-environment.ts";

const notebook: Environment = {
  name: "notebook",
  folder: ".venv.notebook",
  requirements: requirementsFile("-notebook"),
  what: "Jupyter",
  otherwise:
    "open the notebooks in an editor that runs Jupyter notebooks, with the kernel that `deno jupyter --install` adds",
};

/** Writes the description of Deno's kernel into a folder that Jupyter looks through (one of JUPYTER_PATH). */
export const writeKernel = (folder: string, deno: string): Promise<void> =>
  writeFileAtomic(
    join(folder, "kernels", "deno", "kernel.json"),
    `${JSON.stringify(
      {
        argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
        display_name: "Deno",
        language: "typescript",
        // Pictures and tables are shown as such; what is printed is plain text.
        env: { NO_COLOR: "1" },
      },
      null,
      2,
    )}\n`,
  );

export interface Jupyter {
  /** The Python of the environment that holds it. */
  python: string;
  /** What its processes find in their environment: their data lies in the same folder, not in the user's. */
  env: Record<string, string>;
}

/** Jupyter with Deno's kernel, made ready. */
export async function ensureJupyter(options: Omit<MakeOptions, "extras"> = {}): Promise<Jupyter> {
  // First of all: without it the rest would be of no use.
  const deno = findDeno();
  const python = await ensureEnvironment(notebook, options);
  const data = join(dirname(dirname(python)), "share", "jupyter");
  await writeKernel(data, deno);
  return { python, env: { JUPYTER_DATA_DIR: data } };
}

const sign = "from nbformat.sign import TrustNotebookApp; TrustNotebookApp.launch_instance()";

/** Marks notebooks as trusted: Jupyter shows the pictures that others' notebooks hold only once their cells have been run. */
export async function trustNotebooks({ python, env }: Jupyter, files: readonly string[]): Promise<void> {
  // Where it fails, the words that go with each picture are shown in its place.
  if (files.length > 0) await execa(python, ["-c", sign, ...files], { env, reject: false });
}

const server = join(projectRoot, "py", "notebook_server.py");

/**
 * Runs a Python module as a server until it ends, or `signal` ends it with all the kernels it has started; the same when
 * this process dies. Gives its exit code.
 */
export async function serve(
  module: string,
  settings: readonly string[],
  { python, env }: Jupyter,
  { cwd, signal }: { cwd: string; signal: AbortSignal },
): Promise<number> {
  signal.throwIfAborted();
  const child = execa(python, [server, module, ...settings], {
    cwd,
    env,
    // It ends when this pipe does, which also closes when this process is killed.
    stdin: "pipe",
    stdout: "inherit",
    stderr: "inherit",
    reject: false,
    // Out of reach of the terminal's Ctrl-C, on which Jupyter would ask a question that nobody can answer any more.
    detached: process.platform !== "win32",
    cleanup: false,
  });
  child.stdin.on("error", () => {});
  signal.addEventListener("abort", () => child.stdin.end(), { once: true });
  return (await child).exitCode ?? 1;
}
