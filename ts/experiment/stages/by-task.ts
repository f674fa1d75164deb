/** What an experiment has once for each of its tasks, as the inputs of a stage. */
import type { Task as TaskSettings } from "../../config/index.ts";
import type { Task } from "../../data/index.ts";
import type { Sharing } from "../train/training.ts";
import type { PlanNode } from "./node.ts";

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

/** The names among these that {@link rolesOf} gives a role, in its order. */
export const namesOfRole = (role: string, values: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(values)
    .filter((name) => name === role || name.startsWith(`${role} `))
    .sort();

/** What of the trained tasks bears on the order of training; undefined where there is nothing to share. */
export const sharingOf = (trained: readonly TaskQuestions[], temperature: number): Sharing | undefined =>
  trained.length === 1
    ? undefined
    : {
        temperature,
        weights: Object.fromEntries(trained.map(({ task, settings }) => [task.name, settings.weight])),
      };
