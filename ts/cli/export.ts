import { exportFormats, exportRun } from "../experiment/index.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

export const exportFrom = define({
  positionals: { run: { type: "string", demandOption: true, describe: "a folder that aft run wrote" } },
  options: {
    to: { type: "string", demandOption: true, describe: "a folder that is not there yet" },
    method: { type: "string", describe: "whose weights; may be left out when the run has one method" },
    seed: { type: "string", least: 0, describe: "of which seed; the first when left out" },
    data: {
      choices: exportFormats,
      describe: "the judged training samples in another tool's format, in place of weights",
    },
    adapter: {
      type: "boolean",
      default: false,
      describe: "a LoRA adapter as it is; merged into its base's weights when left out",
    },
  },
  async handler({ run, to, method, seed, data, adapter }) {
    await untilInterrupted(async (signal) => {
      const options = { to, method, seed, data, adapter, progress: progressOn(), signal };
      for (const file of await exportRun(run, options)) printLine(file);
    });
  },
});
