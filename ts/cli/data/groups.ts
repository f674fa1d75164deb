import { promptSettings, taskSchema } from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { writeJsonl } from "../../core/jsonl.ts";
import { putQuestion, taskKinds } from "../../data/index.ts";
import { define } from "../definition.ts";
import { printLine } from "../exit.ts";
import { namedTask, setOfTask } from "./settings.ts";

const withGroups = taskKinds.filter((kind) => kind.groups !== undefined).map(({ name }) => name);

/** Prompts are those of the task's settings: an experiment that trains on the groups must have the same. */
export const groups = define({
  positionals: {
    task: { choices: withGroups, demandOption: true, describe: "a task whose rows have ranked candidates" },
  },
  options: {
    out: { type: "string", demandOption: true, describe: "groups.jsonl, written whole or not at all" },
    set: setOfTask,
  },
  async handler({ task: name, out, set }) {
    const { kind, settings, task } = namedTask(name, set);
    const put = promptSettings(taskSchema.parse(settings).prompt);
    if (put.template === "chat" || put.fewShot > 0)
      throw inputError({
        what: "groups are made with prompts that are texts by themselves",
        where: "--set prompt",
        found: put.template === "chat" ? "chat" : { fewShot: put.fewShot },
        expected: "plain, alpaca or a text of your own, without examples in front",
      });
    const made = await kind.groups!(settings, (question) => putQuestion(question, task, put) as string);
    await writeJsonl(out, made);
    printLine(`${made.length} groups written: ${out}`);
  },
});
