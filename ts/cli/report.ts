import type { CommandModule } from "yargs";
import { writeReport } from "../experiment/index.ts";
import { printLine } from "./exit.ts";

export const reportCommand: CommandModule<object, { runs: string[] }> = {
  command: "report <runs..>",
  describe: "write the report of finished runs anew, from their artefacts",
  builder: (yargs) =>
    yargs.positional("runs", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "folders that aft run wrote",
    }),
  async handler({ runs }) {
    for (const run of runs) {
      const { table, html } = await writeReport(run);
      printLine(`${table}\n\nreport: ${html}\n`);
    }
  },
};
