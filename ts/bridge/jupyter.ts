/** Jupyter, in an environment of its own that knows one more kernel: Deno's, for this project only. */
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../core/files.ts";
import { findDeno } from "./deno.ts";
import { type Environment, type MakeOptions, ownEnvironment, requirementsFile } from "./own-environment.ts";

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

/** The Python of the environment that holds Jupyter and Deno's kernel, made ready. */
export async function ensureJupyter(options: Omit<MakeOptions, "more"> = {}): Promise<string> {
  // Asked for first: without it the rest would be of no use.
  const deno = findDeno();
  const python = await ownEnvironment(notebook, options);
  await writeKernel(join(dirname(dirname(python)), "share", "jupyter"), deno);
  return python;
}
