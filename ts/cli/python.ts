import { execa } from "execa";
import type { CommandModule } from "yargs";
import { ensurePython } from "../bridge/index.ts";
import { progressOn } from "./progress.ts";

/** For this project's own scripts: runs the environment's Python, with the packages that the tests need. */
export const pythonCommand: CommandModule<object, { arguments: string[] }> = {
  command: "python [arguments..]",
  describe: false,
  builder: (yargs) =>
    yargs
      .parserConfiguration({ "unknown-options-as-args": true, "halt-at-non-option": true })
      .positional("arguments", { type: "string", array: true, default: [] })
      .strict(false)
      .help(false)
      .version(false),
  async handler() {
    const given = process.argv.slice(process.argv.indexOf("python") + 1);
    const python = await ensurePython({ development: true, progress: progressOn() });
    const { exitCode } = await execa(python, given, {
      stdio: "inherit",
      reject: false,
      env: { PYTHONPATH: "py" },
    });
    process.exitCode = exitCode ?? 1;
  },
};
