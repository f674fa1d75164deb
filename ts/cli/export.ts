import { type ExportFormat, exportFormats, exportRun } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  run: string;
  to: string;
  method: string | undefined;
  seed: string | undefined;
  data: ExportFormat | undefined;
  adapter: boolean;
}

export const exportFrom: Definition<Values> = {
  positionals: { run: { type: "string", demandOption: true, describe: "a folder that aft run wrote" } },
  options: {
    to: { type: "string", demandOption: true, describe: "a folder that is not there yet" },
    method: {
      type: "string",
      describe: "whose weights; may be left out when the run has one method",
    },
    seed: {
      type: "string",
      describe: "of which seed; the first when left out",
    },
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
    const number = seed === undefined ? undefined : wholeNumber("seed", 0, seed);
    const interrupt = untilInterrupted();
    const progress = progressOn();
    try {
      const options = { to, method, seed: number, data, adapter, progress, signal: interrupt.signal };
      for (const file of await exportRun(run, options)) printLine(file);
    } finally {
      interrupt.release();
    }
  },
};
