import { type CustomTask, customTaskSchema } from "../schema/tasks/index.ts";
import type { Report } from "./cross.ts";

/** A task of the user's own names files that go together, and the columns that its answers need. */
export function checkCustomTasks(tasks: unknown, report: Report): void {
  for (const [at, item] of (Array.isArray(tasks) ? tasks : []).entries()) {
    const task = customTaskSchema.safeParse(item).data;
    if (task !== undefined) checkOne(task, at, report);
  }
}

function checkOne(task: CustomTask, at: number, report: Report): void {
  const parts = (["trainFile", "validationFile", "testFile"] as const).filter(
    (setting) => task[setting] !== undefined,
  );
  if (task.file === undefined && parts.length === 0)
    report(
      ["tasks", at],
      "a custom task without a file",
      undefined,
      "file: one file with all rows, or trainFile (and validationFile, testFile)",
    );
  if (task.file !== undefined && parts.length > 0)
    report(
      ["tasks", at, parts[0]!],
      "file holds all rows, and this is given beside it",
      task[parts[0]!],
      "either file or trainFile, validationFile and testFile",
    );
  if (task.shares.validation + task.shares.test >= 1)
    report(
      ["tasks", at, "shares"],
      "nothing is left to train on",
      task.shares.validation + task.shares.test,
      "shares of validation and test that are less than 1 together",
    );
  if (task.answer.kind === "choice" && task.columns.choices === undefined)
    report(
      ["tasks", at, "answer", "kind"],
      "columns.choices does not say where the options stand",
      "choice",
      "columns: {choices: COLUMN}, or another kind of answer",
    );
  if (task.use === "train" && task.columns.reference === undefined)
    report(
      ["tasks", at, "columns"],
      "trained on, and columns.reference does not say where the solutions stand",
      undefined,
      "columns: {reference: COLUMN}, or use: evaluate",
    );
  if (task.closing === "append" && task.answer.kind === "regex")
    report(
      ["tasks", at, "closing"],
      "`#### ANSWER` is appended, and the answer is found by a pattern of your own",
      task.closing,
      "keep, or another kind of answer",
    );
}
