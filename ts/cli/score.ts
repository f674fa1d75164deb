import type { CommandModule } from "yargs";
import { scoreFile } from "../experiment/index.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

interface Arguments {
  model: string;
  in: string;
  out: string;
  device: string;
  "max-tokens-per-batch": number;
}

export const scoreCommand: CommandModule<object, Arguments> = {
  command: "score",
  describe: "score every candidate: the mean log-probability of its tokens under a model",
  builder: (yargs) =>
    yargs
      .option("model", {
        type: "string",
        demandOption: true,
        describe: "a folder in Hugging Face format, or a hub id",
      })
      .option("in", { type: "string", demandOption: true, describe: "groups.jsonl" })
      .option("out", {
        type: "string",
        demandOption: true,
        describe: "scored.jsonl; a cut-off run goes on where it was",
      })
      .option("device", { type: "string", default: "auto", describe: "auto, cpu, cuda or cuda:N" })
      .option("max-tokens-per-batch", {
        type: "number",
        default: 8_192,
        describe: "bounds memory, changes no score",
      }),
  async handler(argv) {
    const interrupt = untilInterrupted();
    try {
      const { groups, candidates } = await scoreFile({
        model: argv.model,
        input: argv.in,
        output: argv.out,
        device: argv.device,
        maxTokensPerBatch: argv["max-tokens-per-batch"],
        progress: progressOn(),
        signal: interrupt.signal,
      });
      printLine(`${candidates} candidates of ${groups} questions scored: ${argv.out}`);
    } finally {
      interrupt.release();
    }
  },
};
