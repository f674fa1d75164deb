import { scoreFile } from "../experiment/index.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

export const score = define({
  options: {
    model: { type: "string", demandOption: true, describe: "a folder in Hugging Face format, or a hub id" },
    in: { type: "string", demandOption: true, describe: "groups.jsonl" },
    out: {
      type: "string",
      demandOption: true,
      describe: "scored.jsonl; a cut-off run goes on where it was",
    },
    device: { type: "string", default: "auto", describe: "auto, cpu, cuda, cuda:N or mps" },
    "max-tokens-per-batch": {
      type: "string",
      least: 1,
      default: "8192",
      describe: "bounds memory, changes no score",
    },
  },
  async handler({ model, in: input, out: output, device, "max-tokens-per-batch": maxTokensPerBatch }) {
    const { groups, candidates } = await untilInterrupted((signal) =>
      scoreFile({ model, input, output, device, maxTokensPerBatch, progress: progressOn(), signal }),
    );
    printLine(`${candidates} candidates of ${groups} questions scored: ${output}`);
  },
});
