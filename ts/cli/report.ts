import { shownPath } from "../core/files.ts";
import { isSweepFolder, writeReport, writeSweepReport } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";

export const report: Definition<{ runs: string[] }> = {
  positionals: {
    runs: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "folders that aft run wrote, of runs or of sweeps",
    },
  },
  options: {},
  async handler({ runs }) {
    for (const run of runs) {
      const { table, html } = await (isSweepFolder(run) ? writeSweepReport(run) : writeReport(run));
      printLine(`${table}\n\nreport: ${shownPath(html)}\n`);
    }
  },
};
