/** What an experiment has once for each of its tasks, as the inputs of a stage. */
import type { Task as TaskSettings } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import type { Task } from "../../data/index.ts";
import type { Artefact } from "../store/store.ts";
import type { PlanNode } from "./context.ts";

/** A task of the experiment and its questions, each with the prompt that it is put by. */
export interface TaskQuestions {
  task: Task;
  settings: TaskSettings;
  questions: PlanNode;
  /** Shown in labels: undefined where there is one task only. */
  shown: string | undefined;
}

/** A node for each of several tasks. */
export interface OfTask {
  task: string;
  node: PlanNode;
}

/** The inputs of a stage that takes these: `role`, or with several tasks `role TASK`, in the order of their names. */
export const rolesOf = (role: string, nodes: readonly OfTask[]): Record<string, PlanNode> =>
  nodes.length === 1
    ? { [role]: nodes[0]!.node }
    : Object.fromEntries(
        nodes
          .toSorted((a, b) => (a.task < b.task ? -1 : 1))
          .map(({ task, node }) => [`${role} ${task}`, node]),
      );

/** The artefacts that a stage was given in a role, in the order in which {@link rolesOf} puts them. */
export const artefactsIn = (role: string, inputs: Readonly<Record<string, Artefact>>): Artefact[] =>
  Object.keys(inputs)
    .filter((name) => name === role || name.startsWith(`${role} `))
    .sort()
    .map((name) => inputs[name]!);

/** How several tasks share a training; undefined where there is nothing to share. */
export interface Sharing {
  temperature: number;
  /** By the task's name. */
  weights: Readonly<Record<string, number>>;
}

/** The tasks' names and what of them bears on the order of training. */
export const sharingOf = (trained: readonly TaskQuestions[], temperature: number): Sharing | undefined =>
  trained.length === 1
    ? undefined
    : {
        temperature,
        weights: Object.fromEntries(trained.map(({ task, settings }) => [task.name, settings.weight])),
      };

/** Rows of each task together, tasks in the order in which they first come. */
export function perTask<T extends Pick<Question, "task">>(rows: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const own = found.get(row.task);
    if (own === undefined) found.set(row.task, [row]);
    else own.push(row);
  }
  return found;
}
