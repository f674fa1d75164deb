/** The settings of every task, and their union. */
import { z } from "zod";
import { arithmeticTaskSchema } from "./arithmetic.ts";
import { customTaskSchema } from "./custom.ts";
import {
  aquaTaskSchema,
  ecqaTaskSchema,
  gsm8kRankTaskSchema,
  gsm8kTaskSchema,
  mmluTaskSchema,
} from "./published.ts";

export { type AnswerSettings, answerPatternFlags, answerPatternProblem } from "./answer.ts";
export { type ArithmeticTask, arithmeticTaskSchema } from "./arithmetic.ts";
export { type CustomTask, customTaskSchema } from "./custom.ts";
export {
  type AquaTask,
  aquaTaskSchema,
  common as commonTaskSettings,
  type EcqaTask,
  ecqaTaskSchema,
  type Gsm8kRankTask,
  type Gsm8kTask,
  gsm8kRankTaskSchema,
  gsm8kTaskSchema,
  type MmluTask,
  mmluTaskSchema,
} from "./published.ts";

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
/** What `task` may be. */
export const taskKinds = taskSchema.options.map((option) => option.shape.task.value);

/** How often each task's questions are trained on where there are several. */
export const mixtureSchema = z.strictObject({
  temperature: z.number().min(1).default(1).meta({
    description:
      "a task with n questions and weight w has a share of w n^(1/temperature): 1 by size, large: all alike",
  }),
});
export type Mixture = z.output<typeof mixtureSchema>;

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
