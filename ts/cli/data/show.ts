import { existsSync } from "node:fs";
import {
  loadExperiment,
  promptSettings,
  type Task as TaskSettings,
  taskName,
  taskSchema,
} from "../../config/index.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import { type ShownQuestion, type Split, shownQuestions, taskKind, taskNames } from "../../data/index.ts";
import type { Definition } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";
import { wholeNumber } from "../usage.ts";
import { namedTask, setOfTask } from "./settings.ts";

interface Values {
  what: string;
  split: Split;
  count: string;
  file: string | undefined;
  task: string | undefined;
  set: string[];
  json: boolean;
}

export const show: Definition<Values> = {
  positionals: {
    what: { type: "string", demandOption: true, describe: "a task, or an experiment's YAML file" },
  },
  options: {
    split: { choices: ["train", "validation", "test"], default: "train", describe: "which questions" },
    count: { type: "string", default: "3", describe: "how many, from the first on" },
    file: { type: "string", describe: "rows of this file, in the form in which the task's are published" },
    task: { type: "string", describe: "only this one of an experiment's tasks" },
    set: { ...setOfTask, describe: "change a setting: of the task, or of the experiment" },
    json: { type: "boolean", default: false, describe: "print the questions as JSON" },
  },
  async handler({ what, split, count, file, task, set, json }) {
    const most = wholeNumber("count", 1, count);
    const all = [];
    for (const settings of await tasksOf(what, task, set)) {
      // A task that is only evaluated has no others.
      const own = settings.task === "mmlu" && split === "train" ? "test" : split;
      const shown = await shownQuestions(taskKind(settings.task), settings, promptSettings(settings.prompt), {
        split: own,
        count: most,
        file,
      });
      all.push({ task: taskName(settings), split: own, ...shown });
    }
    if (json) return printJson(all);
    for (const one of all) {
      printLine(
        `${one.task}: ${one.questions.length} of ${one.total} ${one.split} questions; answers: ${one.patterns.strict}`,
      );
      if (one.note !== undefined) printLine(`(${one.note})`);
      for (const question of one.questions) print(question);
    }
  },
};

async function tasksOf(
  what: string,
  name: string | undefined,
  set: readonly string[],
): Promise<TaskSettings[]> {
  if (taskNames().includes(what)) return [taskSchema.parse(namedTask(what, set).settings)];
  if (!existsSync(what) && !/\.ya?ml$/.test(what))
    throw inputError({
      what: "neither a task nor an experiment file",
      found: what,
      expected: `an experiment's YAML file, or one of ${taskNames().join(", ")}`,
      nearest: nearestName(what, taskNames()),
    });
  const { tasks } = (await loadExperiment(what, { set })).experiment;
  const names = tasks.map(taskName);
  if (name === undefined) return tasks;
  if (!names.includes(name))
    throw inputError({
      what: "the experiment has no such task",
      found: name,
      expected: `one of ${names.join(", ")}`,
      nearest: nearestName(name, names),
    });
  return tasks.filter((one) => taskName(one) === name);
}

function print({ id, where, prompt, reference, answer, choices, extracted }: ShownQuestion): void {
  printLine(`\n=== ${id}${where === undefined ? "" : ` (${placeShown(where)})`}`);
  if (typeof prompt === "string") printLine(`--- prompt\n${visible(prompt)}`);
  else {
    for (const { role, content } of prompt) printLine(`--- ${role}\n${visible(content)}`);
    printLine("(the model's own chat template puts these together)");
  }
  if (reference !== undefined) printLine(`--- reference\n${visible(reference)}`);
  printLine(`--- answer: ${answer}`);
  if (choices !== undefined)
    printLine(`choices: ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`);
  if (extracted !== undefined)
    printLine(
      `in the reference: strict ${extracted.strict ?? "none"}, flexible ${extracted.flexible ?? "none"}`,
    );
}

const placeShown = (where: string): string =>
  where.replace(/^(.*):(\d+)$/, (_, file, row) => `${shownPath(file)}:${row}`);

/** Spaces at a line's end as dots, line breaks at the text's end as signs, and a block where the text ends. */
const visible = (text: string): string =>
  `${text
    .replaceAll(/[ \t]+(?=\n|$)/g, (spaces) => "·".repeat(spaces.length))
    .replace(/\n+$/, (breaks) => "⏎\n".repeat(breaks.length))}▮`;
