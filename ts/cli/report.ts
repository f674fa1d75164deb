import { renderEnd } from "../analysis/index.ts";
import { shownPath } from "../core/files.ts";
import { isSweepFolder, writeReport, writeSweepReport } from "../experiment/index.ts";
import { define } from "./definition.ts";
import { outputWidth, printLine, wrapped } from "./exit.ts";

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
      const { text, html } = await written(run);
      printLine(`${wrapped(text)}\n\nreport: ${shownPath(html)}\n`);
    }
  },
});

async function written(folder: string): Promise<{ text: string; html: string }> {
  if (!isSweepFolder(folder)) {
    const { summary, html } = await writeReport(folder);
    return { text: renderEnd(summary, outputWidth()), html };
  }
  const { table, html } = await writeSweepReport(folder);
  return { text: table, html };
}
