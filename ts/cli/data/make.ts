import { arithmeticTaskSchema } from "../../config/index.ts";
import { writeJsonl } from "../../core/jsonl.ts";
import { arithmeticQuestions } from "../../data/index.ts";
import { define, repeatable } from "../definition.ts";
import { printLine } from "../exit.ts";
import { commonSettings, settingsOf } from "./settings.ts";

/** Settings of the task that say nothing about a question: how many there are, and how they are used. */
const withoutEffect = [...commonSettings, "train", "validation", "test", "seed"];
const knobs = Object.keys(arithmeticTaskSchema.shape).filter(
  (name) => name !== "task" && !withoutEffect.includes(name),
);

export const make = define({
  positionals: {
    task: { choices: ["arithmetic"], demandOption: true, describe: "a task that has a generator" },
  },
  options: {
    count: { type: "string", least: 1, default: "1000", describe: "how many questions" },
    out: { type: "string", demandOption: true, describe: "questions.jsonl, written whole or not at all" },
    seed: { type: "string", least: 0, default: "1", describe: "equal seeds give equal questions" },
    set: repeatable(`a setting of the task: --set items=[3,4] (${knobs.join(", ")}; may be given again)`),
  },
  async handler({ count, out, seed, set }) {
    const settings = settingsOf(arithmeticTaskSchema, "arithmetic", set, withoutEffect);
    await writeJsonl(out, arithmeticQuestions(settings, count, seed));
    printLine(`${count} questions written: ${out}`);
  },
});
