import { type ExportFormat, exportFormats, exportRun } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  run: string;
  to: string;
  method: string | undefined;
  seed: string | undefined;
  data: ExportFormat | undefined;
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
  },
  async handler({ run, to, method, seed, data }) {
    const number = seed === undefined ? undefined : wholeNumber("seed", 0, seed);
    for (const file of await exportRun(run, { to, method, seed: number, data })) printLine(file);
  },
};
