import { assess, describeAssessment } from "../analysis/index.ts";
import { readJsonl } from "../core/jsonl.ts";
import { groupSchema } from "../core/records.ts";
import type { Definition } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";

export const assessFile: Definition<{ in: string; json: boolean }> = {
  options: {
    in: {
      type: "string",
      demandOption: true,
      describe: "scored.jsonl (from aft score, or judged samples)",
    },
    json: { type: "boolean", default: false, describe: "print one JSON object" },
  },
  async handler({ in: input, json }) {
    const assessment = assess(await readJsonl(input, groupSchema));
    if (json) return printJson(assessment);
    printLine(describeAssessment(assessment));
  },
};
