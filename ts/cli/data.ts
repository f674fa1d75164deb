import type { CommandModule } from "yargs";
import { arithmeticTaskSchema } from "../config/index.ts";
import { inputError } from "../core/errors.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { arithmeticQuestions } from "../data/index.ts";
import { printLine } from "./exit.ts";

interface MakeArguments {
  count: number;
  out: string;
  seed: number;
  form: "clean" | "labelled";
}

const makeCommand: CommandModule<object, MakeArguments> = {
  command: "make arithmetic",
  describe: "generate questions of the built-in task",
  builder: (yargs) =>
    yargs
      .option("count", { type: "number", default: 1_000, describe: "how many questions" })
      .option("out", {
        type: "string",
        demandOption: true,
        describe: "questions.jsonl, written whole or not at all",
      })
      .option("seed", { type: "number", default: 1, describe: "equal seeds give equal questions" })
      .option("form", {
        choices: ["clean", "labelled"] as const,
        default: "clean" as const,
        describe: "labelled: right answers with wrong reasoning are common",
      }),
  async handler({ count, out, seed, form }) {
    if (!Number.isInteger(count) || count < 1)
      throw inputError({
        what: "--count is not usable",
        found: count,
        expected: "a whole number of at least 1",
      });
    const settings = arithmeticTaskSchema.parse({ task: "arithmetic", form });
    await writeJsonl(out, arithmeticQuestions(settings, count, seed));
    printLine(`${count} questions written: ${out}`);
  },
};

export const dataCommand: CommandModule = {
  command: "data <action>",
  describe: "questions: make",
  builder: (yargs) =>
    yargs.command(makeCommand).demandCommand(1, "what to do is needed: aft data make arithmetic"),
  handler() {},
};
