import { execa } from "execa";
import { ensureGguf, pythonPath } from "../bridge/index.ts";
import { define } from "./definition.ts";
import { progressOn } from "./progress.ts";

/** For this project's own scripts: runs the environment's Python, with the packages that the tests need. */
export const runPython = define({
  positionals: { arguments: { type: "string", array: true, default: [] } },
  async handler() {
    const words = process.argv.slice(process.argv.indexOf("python") + 1);
    const python = await ensureGguf({ development: true, progress: progressOn() });
    const { exitCode } = await execa(python, words, {
      stdio: "inherit",
      reject: false,
      env: { PYTHONPATH: pythonPath(process.env.PYTHONPATH) },
    });
    process.exitCode = exitCode ?? 1;
  },
});
