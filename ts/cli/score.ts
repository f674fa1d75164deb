import { scoreFile } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  model: string;
  in: string;
  out: string;
  device: string;
  "max-tokens-per-batch": string;
}

export const score: Definition<Values> = {
  options: {
    model: {
      type: "string",
      demandOption: true,
      describe: "a folder in Hugging Face format, or a hub id",
    },
    in: { type: "string", demandOption: true, describe: "groups.jsonl" },
    out: {
      type: "string",
      demandOption: true,
      describe: "scored.jsonl; a cut-off run goes on where it was",
    },
    device: { type: "string", default: "auto", describe: "auto, cpu, cuda or cuda:N" },
    "max-tokens-per-batch": {
      type: "string",
      default: "8192",
      describe: "bounds memory, changes no score",
    },
  },
  async handler(argv) {
    const interrupt = untilInterrupted();
    try {
      const { groups, candidates } = await scoreFile({
        model: argv.model,
        input: argv.in,
        output: argv.out,
        device: argv.device,
        maxTokensPerBatch: wholeNumber("max-tokens-per-batch", 1, argv["max-tokens-per-batch"]),
        progress: progressOn(),
        signal: interrupt.signal,
      });
      printLine(`${candidates} candidates of ${groups} questions scored: ${argv.out}`);
    } finally {
      interrupt.release();
    }
  },
};
