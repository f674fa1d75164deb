import { inputError, nearestName } from "../core/errors.ts";
import type { Task } from "./task.ts";
import { arithmetic } from "./tasks/arithmetic/task.ts";
import { gsm8k } from "./tasks/gsm8k.ts";

export const tasks: readonly Task[] = [arithmetic, gsm8k];
export const taskNames = (): string[] => tasks.map((task) => task.name);

/** The task of this name; an unknown name is an input error that gives the nearest one. */
export function taskNamed(name: string, where?: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  throw inputError({
    what: "unknown task",
    where,
    found: name,
    expected: `one of ${taskNames().join(", ")}`,
    nearest: nearestName(name, taskNames()),
  });
}
