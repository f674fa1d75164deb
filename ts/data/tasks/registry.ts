import { inputError, nearestName } from "../../core/errors.ts";
import type { Task, TaskKind } from "../task.ts";
import { aqua } from "./aqua.ts";
import { arithmetic } from "./arithmetic/task.ts";
import { custom } from "./custom/task.ts";
import { ecqa } from "./ecqa.ts";
import { gsm8k } from "./gsm8k.ts";
import { gsm8kRank } from "./gsm8k-rank/task.ts";
import { mmlu } from "./mmlu.ts";

/** Every kind of task, one file or folder each. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has settings of its own, and a list of them none.
export const taskKinds: readonly TaskKind<any>[] = [arithmetic, gsm8k, aqua, ecqa, gsm8kRank, mmlu, custom];
/** The names of the built-in kinds of task. */
export const taskNames = (): string[] => taskKinds.map(({ name }) => name);

/** The kind of this name; an unknown name is an input error that gives the nearest one. */
export function taskKind(name: string, where?: string): TaskKind {
  const kind = taskKinds.find((candidate) => candidate.name === name);
  if (kind !== undefined) return kind;
  throw inputError({
    what: "unknown task",
    where,
    found: name,
    expected: `one of ${taskNames().join(", ")}`,
    nearest: nearestName(name, taskNames()),
  });
}

/** A task of an experiment, from its settings; what they leave out has its default. */
export function taskOf(settings: { task: string }): Task {
  const kind = taskKind(settings.task);
  return kind.make(kind.settingsSchema.parse(settings));
}

/** The task of this name with the settings that it has by itself: enough to judge by. */
export const taskNamed = (name: string, where?: string): Task => taskOf({ task: taskKind(name, where).name });
