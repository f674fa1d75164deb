import { inputError } from "../../core/errors.ts";
import type { Group, Question } from "../../core/records.ts";
import type { Task } from "../../data/index.ts";

/** Validation while a method trains: the settings of `stages.watch`, with the data that is measured on. */
export interface Validation {
  /** Steps between two passes; there is one at the start and one at the last step in any case. */
  every: number;
  /** End the training after this many passes without a better accuracy, and keep the best checkpoint. */
  patience?: number;
  /** Whether the questions are also answered greedily; with `patience` they are in any case. */
  accuracy: boolean;
  /** Validation questions, for greedy answers. */
  questions: readonly Question[];
  /** The VFT model's judged samples on these questions, duplicates included: for AAccuracy and perplexity. */
  groups: readonly Group[];
  /** By name: those of the questions. */
  tasks: ReadonlyMap<string, Task>;
  /** By the task's name: texts that end a response. */
  stop: ReadonlyMap<string, readonly string[]>;
  extract: "strict" | "flexible";
  /** Of a greedy answer. */
  maxNewTokens: number;
}

/** Refuses what can never stop early: then the best weights would be kept of a choice that nobody made. */
export function checkValidation({ patience, every, questions }: Validation): void {
  const refuse = (what: string, expected: string): never => {
    throw inputError({ what, where: "stages.watch.patience", found: patience, expected });
  };
  if (patience === undefined) return;
  if (questions.length === 0)
    refuse(
      "patience goes by the accuracy on validation questions, and the task has none",
      "a task with validation questions, or no patience",
    );
  if (every === 0)
    refuse(
      "patience counts looks, and there are none on the way",
      "stages.watch.every of at least 1, or no patience",
    );
}
