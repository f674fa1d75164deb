import type { CommandModule } from "yargs";
import { type ExportFormat, exportFormats, exportRun } from "../experiment/index.ts";
import { printLine } from "./exit.ts";

interface Arguments {
  run: string;
  to: string;
  method: string | undefined;
  seed: number | undefined;
  data: ExportFormat | undefined;
}

export const exportCommand: CommandModule<object, Arguments> = {
  command: "export <run>",
  describe: "copy a method's weights, in Hugging Face format, or a run's judged samples as training data",
  builder: (yargs) =>
    yargs
      .positional("run", { type: "string", demandOption: true, describe: "a folder that aft run wrote" })
      .option("to", { type: "string", demandOption: true, describe: "a folder that is not there yet" })
      .option("method", {
        type: "string",
        describe: "whose weights; may be left out when the run has one method",
      })
      .option("seed", { type: "number", describe: "of which seed; the first when left out" })
      .option("data", {
        choices: exportFormats,
        describe: "the judged training samples in another tool's format, in place of weights",
      }),
  async handler({ run, to, method, seed, data }) {
    for (const file of await exportRun(run, { to, method, seed, data })) printLine(file);
  },
};
