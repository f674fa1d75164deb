import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ensurePython, findDeno, writeKernel } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";

export const notebooksFolder = join(projectRoot, "experiments", "notebooks");

/** A kernel of this project's own, and the Python that executes the notebooks of a folder with it. */
export async function notebookRunner(from = notebooksFolder) {
  const python = await ensurePython({ development: true });
  const folder = await mkdtemp(join(tmpdir(), "aft-notebooks-"));
  await writeKernel(folder, findDeno());
  return {
    /** Executes every cell of a notebook; `runs` is where it finds its runs. */
    async execute(name: string, { runs, to }: { runs: string; to: string }): Promise<void> {
      const script = join(projectRoot, "tests", "py", "execute_notebook.py");
      const source = join(from, name);
      const { exitCode, stderr } = await execa(python, [script, source, to], {
        reject: false,
        env: { JUPYTER_PATH: folder, AFT_RUNS: runs },
      });
      if (exitCode !== 0) throw new Error(stderr);
    },
  };
}
