import type { CommandModule } from "yargs";
import { assess, describeAssessment } from "../analysis/index.ts";
import { readJsonl } from "../core/jsonl.ts";
import { groupSchema } from "../core/records.ts";
import { printJson, printLine } from "./exit.ts";

export const assessCommand: CommandModule<object, { in: string; json: boolean }> = {
  command: "assess",
  describe: "accuracy, assessment accuracy, perplexity, maj@k and pass@k of scored groups",
  builder: (yargs) =>
    yargs
      .option("in", {
        type: "string",
        demandOption: true,
        describe: "scored.jsonl (from aft score, or judged samples)",
      })
      .option("json", { type: "boolean", default: false, describe: "print one JSON object" }),
  async handler({ in: input, json }) {
    const assessment = assess(await readJsonl(input, groupSchema));
    if (json) return printJson(assessment);
    printLine(describeAssessment(assessment));
  },
};
