import { loadExperiment } from "../config/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";

export const validate: Definition<{ experiment: string; set: string[] }> = {
  positionals: { experiment: { type: "string", demandOption: true } },
  options: {
    set: {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: "as for aft run",
    },
  },
  async handler(argv) {
    const { experiment, sources, warnings } = await loadExperiment(argv.experiment, { set: argv.set });
    for (const warning of warnings) printLine(`warning: ${warning}`);
    const methods = Object.keys(experiment.methods);
    printLine(
      `${argv.experiment} is valid: experiment "${experiment.name}", ${methods.length} methods (${methods.join(", ")}), seeds ${experiment.seeds.join(", ")}, read from ${sources.length} files`,
    );
  },
};
