import { inputError } from "../../core/errors.ts";
import type { Group, Question } from "../../core/records.ts";
import type { Task } from "../../data/index.ts";

/** What is measured on held-out questions while a method trains: `stages.watch`, with what it is measured on. */
export interface Watching {
  /** Steps between two looks; there is one at the start and one at the last step in any case. */
  every: number;
  /** End the training after this many looks without a better accuracy, and keep the weights of the best look. */
  patience?: number;
  /** Whether the questions are also answered greedily; with `patience` they are in any case. */
  accuracy: boolean;
  /** Validation questions, for greedy answers. */
  questions: readonly Question[];
  /** The VFT model's judged samples on these questions, duplicates included: what AAccuracy and perplexity look at. */
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
export function checkWatching({ patience, every, questions }: Watching): void {
  if (patience === undefined) return;
  if (questions.length === 0)
    throw inputError({
      what: "patience goes by the accuracy on validation questions, and the task has none",
      where: "stages.watch.patience",
      found: patience,
      expected: "a task with validation questions, or no patience",
    });
  if (every === 0)
    throw inputError({
      what: "patience counts looks, and there are none on the way",
      where: "stages.watch.patience",
      found: patience,
      expected: "stages.watch.every of at least 1, or no patience",
    });
}
