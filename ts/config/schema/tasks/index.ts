/** The settings of every task: one file each, and their union. */
import { z } from "zod";
import { aquaTaskSchema } from "./aqua.ts";
import { arithmeticTaskSchema } from "./arithmetic.ts";
import { customTaskSchema } from "./custom.ts";
import { ecqaTaskSchema } from "./ecqa.ts";
import { gsm8kTaskSchema } from "./gsm8k.ts";
import { gsm8kRankTaskSchema } from "./gsm8k-rank.ts";
import { mmluTaskSchema } from "./mmlu.ts";

export { type AnswerSettings, answerSchema } from "./answer.ts";
export { type AquaTask, aquaTaskSchema } from "./aqua.ts";
export { type ArithmeticTask, arithmeticTaskSchema } from "./arithmetic.ts";
export { common as commonTaskSettings } from "./common.ts";
export { type Columns, type CustomTask, customTaskSchema } from "./custom.ts";
export { type EcqaTask, ecqaTaskSchema } from "./ecqa.ts";
export { type Gsm8kTask, gsm8kTaskSchema } from "./gsm8k.ts";
export { type Gsm8kRankTask, gsm8kRankTaskSchema } from "./gsm8k-rank.ts";
export { type Mixture, mixtureSchema } from "./mixture.ts";
export { type MmluTask, mmluTaskSchema } from "./mmlu.ts";

export const taskSchema = z.discriminatedUnion("task", [
  arithmeticTaskSchema,
  gsm8kTaskSchema,
  aquaTaskSchema,
  ecqaTaskSchema,
  gsm8kRankTaskSchema,
  mmluTaskSchema,
  customTaskSchema,
]);
export type Task = z.output<typeof taskSchema>;

/** The name by which an experiment knows a task. */
export const taskName = ({ name, task }: Pick<Task, "name" | "task">): string => name ?? task;

/** Settings that name a file, and those that name a folder, in any task. */
export const taskFileSettings = [
  "file",
  "trainFile",
  "devFile",
  "validationFile",
  "testFile",
  "gsm8kTrainFile",
] as const;
export const taskFolderSettings = ["folder"] as const;

/** How many questions the settings ask of a split; undefined: as many as its file has, known when it is read. */
export function questionsAsked(task: Task, split: "train" | "validation" | "test"): number | undefined {
  if (task.task === "mmlu") return split === "test" ? task.test : 0;
  if (task.task !== "custom" || split === "train") return task[split];
  // Nothing to take them from: there are none.
  if (split === "test" && task.file === undefined && task.testFile === undefined) return task.test ?? 0;
  if (split === "validation" && task.file === undefined && task.validationFile === undefined)
    return task.validation ?? 0;
  return task[split];
}
