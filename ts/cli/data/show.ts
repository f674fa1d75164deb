import { existsSync } from "node:fs";
import {
  loadExperiment,
  promptSettings,
  type Task as TaskSettings,
  taskName,
  taskSchema,
} from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import { type ShownQuestion, shownQuestions, splitNames, taskKind, taskNames } from "../../data/index.ts";
import { define, jsonOption } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";
import { namedTask, notATask, setOfTask } from "./settings.ts";

export const show = define({
  positionals: {
    what: { type: "string", demandOption: true, describe: "a task, or an experiment's YAML file" },
  },
  options: {
    split: { choices: splitNames, default: "train", describe: "which questions" },
    count: { type: "string", least: 1, default: "3", describe: "how many, from the first on" },
    file: { type: "string", describe: "rows of this file, in the form in which the task's are published" },
    task: { type: "string", describe: "only this one of an experiment's tasks" },
    set: { ...setOfTask, describe: "change a setting: of the task, or of the experiment" },
    json: jsonOption("print the questions as JSON"),
  },
  async handler({ what, split, count, file, task, set, json }) {
    const tasks = [];
    for (const settings of await tasksOf(what, task, set)) {
      // A task that is only evaluated has no training questions.
      const shownSplit = settings.task === "mmlu" && split === "train" ? "test" : split;
      const options = { split: shownSplit, count, file } as const;
      const put = promptSettings(settings.prompt);
      const shown = await shownQuestions(taskKind(settings.task), settings, put, options);
      const wording = wordingOf(settings);
      tasks.push({ task: taskName(settings), ...defined({ wording }), split: shownSplit, ...shown });
    }
    if (json) return printJson(tasks);
    for (const { task: name, wording, split: part, questions, total, patterns, note } of tasks) {
      printLine(`${name}: ${questions.length} of ${total} ${part} questions; answers: ${patterns.strict}`);
      if (wording !== undefined) printLine(`wording: ${wording}${otherWording(what, wording)}`);
      if (note !== undefined) printLine(`(${note})`);
      for (const question of questions) print(question);
    }
  },
});

/** How a task that makes its questions tells them; undefined: they are what they are. */
const wordingOf = (settings: TaskSettings): string | undefined =>
  settings.task === "arithmetic" ? (settings.wording ?? "terse") : undefined;

/** Whoever looks at a task by its name may mean the questions that an experiment has. */
const otherWording = (what: string, wording: string): string =>
  !taskNames().includes(what)
    ? `, as ${what} has it`
    : wording === "terse"
      ? ", as when nothing is set; the quickstart has --set wording=story"
      : "";

async function tasksOf(
  what: string,
  name: string | undefined,
  set: readonly string[],
): Promise<TaskSettings[]> {
  if (taskNames().includes(what)) return [taskSchema.parse(namedTask(what, set).settings)];
  if (!existsSync(what) && !/\.ya?ml$/.test(what))
    throw notATask(what, "neither a task nor an experiment file", "an experiment's YAML file");
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
  return tasks.filter((task) => taskName(task) === name);
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
