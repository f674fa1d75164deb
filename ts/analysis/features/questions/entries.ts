import type { Group } from "../../../core/records.ts";
import type { Arm, Prediction, RunData } from "../../run/run-data.ts";

/** A test question with all that was made of it; arms and seeds are places in their lists. */
export interface Entry {
  id: string;
  task: number;
  question: string | undefined;
  answer: string;
  reference: string | undefined;
  /** For each seed: with few-shot examples drawn by seed the prompts differ. */
  prompts: (string | undefined)[];
  greedy: (Prediction | undefined)[];
  samples: (Group | undefined)[];
  heldOut: (Group | undefined)[];
}

/** All test questions of all tasks, in the order in which they are first met. */
export function entriesOf(run: RunData, arms: readonly Arm[]): Entry[] {
  const entries = new Map<string, Entry>();
  const taskPlaces = new Map(run.tasks.map(({ name }, at) => [name, at]));
  const entryOf = (id: string, taskName: string | undefined, answer: string): Entry => {
    const task = taskPlaces.get(taskName ?? "") ?? 0;
    // Two tasks may give a question of theirs the same id.
    const key = `${task} ${id}`;
    const entry = entries.get(key) ?? {
      id,
      task,
      answer,
      question: undefined,
      reference: undefined,
      prompts: run.seeds.map(() => undefined),
      greedy: arms.map(() => undefined),
      samples: arms.map(() => undefined),
      heldOut: arms.map(() => undefined),
    };
    entries.set(key, entry);
    return entry;
  };
  for (const [a, arm] of arms.entries()) {
    const seed = run.seeds.indexOf(arm.seed);
    for (const prediction of arm.predictions) {
      const { questionId, task, answer, question, prompt } = prediction;
      const entry = entryOf(questionId, task, answer);
      entry.greedy[a] = prediction;
      entry.question ??= question;
      entry.prompts[seed] ??= prompt;
    }
    for (const kind of ["heldOut", "samples"] as const)
      for (const group of arm[kind]) {
        const entry = entryOf(group.id, group.task, group.answer);
        entry[kind][a] = group;
        entry.reference ??= group.reference;
        entry.prompts[seed] ??= group.prompt;
      }
  }
  return [...entries.values()];
}
