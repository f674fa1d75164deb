import { inputError } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import type { Task } from "../task.ts";
import { taskKinds, taskNamed } from "../tasks/registry.ts";

/** Whether the COTs of this question can be ranked by their steps. */
export const canRank = (task: Task, question: Question): boolean =>
  task.quality?.(question, "") !== undefined;

/** Refuses ranks by steps of a task that does not measure the quality of steps. `where`: the setting that wants them. */
export function checkRanking(task: Task, where?: string): void {
  if (task.quality !== undefined) return;
  throw inputError({
    what: "this task knows right and wrong answers only: it cannot rank COTs by their steps",
    where,
    found: task.name,
    expected: `one of ${namesOf(({ quality }) => quality !== undefined)}, or binary feedback`,
  });
}

/** Refuses labels by steps of a task that cannot check steps. `where`: the setting that wants them. */
export function checkLabel(task: Task, where?: string): void {
  if (task.checkSteps !== undefined) return;
  throw inputError({
    what: "this task checks answers only: it cannot label COTs by their steps",
    where,
    found: task.name,
    expected: `one of ${namesOf(({ checkSteps }) => checkSteps !== undefined)}, or the label answer`,
  });
}

const namesOf = (having: (task: Task) => boolean): string =>
  taskKinds
    .map(({ name }) => name)
    .filter((name) => having(taskNamed(name)))
    .join(", ");
