import type { CommandModule } from "yargs";
import { loadExperiment } from "../config/index.ts";
import { printLine } from "./exit.ts";

export const validateCommand: CommandModule<object, { experiment: string; set: string[] }> = {
  command: "validate <experiment>",
  describe: "check an experiment file: every mistake at once, each with its line",
  builder: (yargs) =>
    yargs.positional("experiment", { type: "string", demandOption: true }).option("set", {
      type: "string",
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: "as for aft run",
    }),
  async handler(argv) {
    const { experiment, sources, warnings } = await loadExperiment(argv.experiment, { set: argv.set });
    for (const warning of warnings) printLine(`warning: ${warning}`);
    const methods = Object.keys(experiment.methods);
    printLine(
      `${argv.experiment} is valid: experiment "${experiment.name}", ${methods.length} methods (${methods.join(", ")}), seeds ${experiment.seeds.join(", ")}, read from ${sources.length} files`,
    );
  },
};
