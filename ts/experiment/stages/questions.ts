import { join } from "node:path";
import type { Task } from "../../config/index.ts";
import { writeJsonl } from "../../core/jsonl.ts";
import { taskNamed } from "../../data/index.ts";
import type { PlanNode } from "../context.ts";

/** The task's prompt as it stands around a question: another template makes other work of all that follows. */
const promptTemplate = (task: string): string =>
  taskNamed(task).promptOf({
    id: "ID",
    task,
    question: "QUESTION",
    answer: "ANSWER",
    choices: ["FIRST", "SECOND"],
  });

/** The task's questions, one file a split: generated, or read from the user's files. */
export const questionsNode = (task: Task, identity: unknown): PlanNode => ({
  stage: "questions",
  settings: { ...task, identity, prompt: promptTemplate(task.task) },
  inputs: {},
  async work({ directory }) {
    const splits = await taskNamed(task.task).splits(task);
    const counts: Record<string, number> = {};
    for (const split of ["train", "validation", "test"] as const) {
      await writeJsonl(join(directory, `${split}.jsonl`), splits[split]);
      counts[split] = splits[split].length;
    }
    return counts;
  },
});
