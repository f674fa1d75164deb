import { shownPath } from "../core/files.ts";
import { isSweepFolder, writeReport, writeSweepReport } from "../experiment/index.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";

export const report = define({
  positionals: {
    runs: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "folders that aft run wrote, of runs or of sweeps",
    },
  },
  async handler({ runs }) {
    for (const run of runs) {
      const { table, html } = await (isSweepFolder(run) ? writeSweepReport(run) : writeReport(run));
      printLine(`${table}\n\nreport: ${shownPath(html)}\n`);
    }
  },
});
