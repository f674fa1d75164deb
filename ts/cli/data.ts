import { arithmeticTaskSchema } from "../config/index.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { arithmeticQuestions } from "../data/index.ts";
import type { Definition } from "./commands.ts";
import { printLine } from "./exit.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  count: string;
  out: string;
  seed: string;
  form: "clean" | "labelled";
}

export const data: Definition<Values> = {
  positionals: {
    action: { choices: ["make"], demandOption: true, describe: "make: generate questions" },
    task: { choices: ["arithmetic"], demandOption: true, describe: "a task that has a generator" },
  },
  options: {
    count: {
      type: "string",
      default: "1000",
      describe: "how many questions",
    },
    out: {
      type: "string",
      demandOption: true,
      describe: "questions.jsonl, written whole or not at all",
    },
    seed: {
      type: "string",
      default: "1",
      describe: "equal seeds give equal questions",
    },
    form: {
      choices: ["clean", "labelled"],
      default: "clean",
      describe: "labelled: right answers with wrong reasoning are common",
    },
  },
  async handler({ count, out, seed, form }) {
    const settings = arithmeticTaskSchema.parse({ task: "arithmetic", form });
    const questions = wholeNumber("count", 1, count);
    await writeJsonl(out, arithmeticQuestions(settings, questions, wholeNumber("seed", 0, seed)));
    printLine(`${questions} questions written: ${out}`);
  },
};
