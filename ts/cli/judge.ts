import { readRows, writeJsonl } from "../core/jsonl.ts";
import { candidateSchema, questionSchema } from "../core/records.ts";
import { judge, taskNames } from "../data/index.ts";
import type { Definition } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";

interface Values {
  task: string;
  extract: "strict" | "flexible";
  feedback: "binary" | "ranked";
  questions: string;
  in: string;
  out: string;
  json: boolean;
}

export const judgeFile: Definition<Values> = {
  options: {
    task: {
      type: "string",
      demandOption: true,
      describe: `whose answer rule: ${taskNames().join(", ")}`,
    },
    extract: {
      choices: ["strict", "flexible"],
      default: "strict",
      describe: "strict: the task's own answer form; flexible: the last number counts",
    },
    feedback: {
      choices: ["binary", "ranked"],
      default: "binary",
      describe: "binary: right or wrong; ranked: each COT also gets a rank, by its answer, then its steps",
    },
    questions: { type: "string", demandOption: true, describe: "questions.jsonl" },
    in: { type: "string", demandOption: true, describe: "candidates.jsonl" },
    out: {
      type: "string",
      demandOption: true,
      describe: "groups.jsonl, written whole or not at all",
    },
    json: { type: "boolean", default: false, describe: "print the counts as JSON" },
  },
  async handler({ task, extract, feedback, questions, in: input, out, json }) {
    const { groups, counts } = judge(
      await readRows(questions, questionSchema),
      await readRows(input, candidateSchema),
      {
        task,
        extract,
        feedback,
      },
    );
    await writeJsonl(out, groups);
    if (json) return printJson(counts);
    for (const [name, value] of Object.entries(counts)) printLine(`${name}: ${value}`);
    printLine(`written: ${out}`);
  },
};
