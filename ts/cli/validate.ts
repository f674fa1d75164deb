import { loadExperiment } from "../config/index.ts";
import { checkOwnGroups } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";
import { experimentFile, setOption } from "./experiment-file.ts";

export const validate: Definition<{ experiment: string; set: string[] }> = {
  positionals: { experiment: experimentFile },
  options: { set: setOption },
  async handler(argv) {
    const { experiment, sources, warnings } = await loadExperiment(argv.experiment, { set: argv.set });
    await checkOwnGroups(experiment);
    for (const warning of warnings) printLine(`warning: ${warning}`);
    const methods = Object.keys(experiment.methods);
    printLine(
      `${argv.experiment} is valid: experiment "${experiment.name}", ${methods.length} methods (${methods.join(", ")}), seeds ${experiment.seeds.join(", ")}, read from ${sources.length} files`,
    );
  },
};
