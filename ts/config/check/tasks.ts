import { isMap } from "../../core/shape.ts";
import type { Model } from "../schema/model.ts";
import { promptSettings } from "../schema/prompt.ts";
import { answerPatternProblem, type CustomTask, customTaskSchema, type Task } from "../schema/tasks/index.ts";
import type { Report } from "./report.ts";

/** A model made from scratch has the chat template that it is given, and else none. Of others their tokenizer decides. */
export function checkChat(
  model: Model | undefined,
  tasks: readonly Task[] | undefined,
  report: Report,
): void {
  if (model?.create === undefined || model.create.tokenizer.chatTemplate !== undefined) return;
  for (const [index, { prompt }] of (tasks ?? []).entries())
    if (promptSettings(prompt).template === "chat")
      report(
        ["tasks", index, "prompt"],
        "the model made from scratch has no chat template",
        "chat",
        "plain or alpaca, or a template in model.create.tokenizer.chatTemplate",
      );
}

/** A task of the user's own names files that go together, and the columns that its answers need. */
export function checkCustomTasks(experiment: unknown, report: Report): void {
  const tasks = isMap(experiment) && Array.isArray(experiment.tasks) ? experiment.tasks : [];
  for (const [index, item] of tasks.entries()) {
    const task = customTaskSchema.safeParse(item).data;
    if (task === undefined) continue;
    checkCustomTask(task, (path, ...rest) => report(["tasks", index, ...path], ...rest));
  }
}

function checkCustomTask(task: CustomTask, report: Report): void {
  const parts = (["trainFile", "validationFile", "testFile"] as const).filter(
    (setting) => task[setting] !== undefined,
  );
  if (task.file === undefined && parts.length === 0)
    report(
      [],
      "a custom task without a file",
      undefined,
      "file: one file with all rows, or trainFile (and validationFile, testFile)",
    );
  if (task.file !== undefined && parts.length > 0)
    report(
      [parts[0]!],
      "file holds all rows, and this is given beside it",
      task[parts[0]!],
      "either file or trainFile, validationFile and testFile",
    );
  const heldOut = task.shares.validation + task.shares.test;
  if (heldOut >= 1)
    report(
      ["shares"],
      "nothing is left to train on",
      heldOut,
      "shares of validation and test that are less than 1 together",
    );
  if (task.answer.kind === "choice" && task.columns.choices === undefined)
    report(
      ["answer", "kind"],
      "columns.choices does not say where the options stand",
      "choice",
      "columns: {choices: COLUMN}, or another kind of answer",
    );
  checkPatterns(task, report);
  if (task.use === "train" && task.columns.reference === undefined)
    report(
      ["columns"],
      "trained on, and columns.reference does not say where the solutions stand",
      undefined,
      "columns: {reference: COLUMN}, or use: evaluate",
    );
  if (task.closing === "append" && task.answer.kind === "regex")
    report(
      ["closing"],
      "`#### ANSWER` is appended, and the answer is found by a pattern of your own",
      task.closing,
      "keep, or another kind of answer",
    );
}

function checkPatterns({ answer }: CustomTask, report: Report): void {
  if (answer.kind !== "regex") return;
  for (const key of ["pattern", "flexible"] as const) {
    const source = answer[key];
    const problem =
      source === undefined ? undefined : answerPatternProblem(source, answer.ignoreCase ?? false);
    if (problem !== undefined) report(["answer", key], problem.what, source, problem.expected);
  }
}
