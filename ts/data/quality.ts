import { inputError } from "../core/errors.ts";
import type { JudgedCandidate, Question } from "../core/records.ts";
import { isUnchecked } from "./ranks.ts";
import { taskKinds, taskNamed } from "./registry.ts";
import type { Task } from "./task.ts";

/**
 * The candidates of a question, each with its `rank`: 1 is the best, equals share one, no place is left empty. First
 * counts whether the answer is right, then whether every step is, then how far the steps are right: a wrong COT never
 * ranks above a right one. What was too long to be looked at has no rank.
 */
export function withRanks(
  question: Question,
  candidates: readonly JudgedCandidate[],
  task: Task,
): JudgedCandidate[] {
  const keys = candidates.map((candidate) => keyOf(question, candidate, task));
  const looked = keys.filter((key) => key !== undefined);
  const levels = [...new Map(looked.map((key) => [key.join(), key])).values()]
    .sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])
    .map((key) => key.join());
  return candidates.map(({ rank: _, ...candidate }, at) => {
    const key = keys[at]?.join();
    return key === undefined ? candidate : { ...candidate, rank: levels.indexOf(key) + 1 };
  });
}

type Key = readonly [correct: number, valid: number, progress: number];

/** The greater, the better, the first that differs decides; undefined for what was not looked at. */
function keyOf(question: Question, candidate: JudgedCandidate, task: Task): Key | undefined {
  if (isUnchecked(candidate)) return undefined;
  const { valid, progress } = task.quality!(question, candidate.text)!;
  return [Number(candidate.correct), Number(valid), valid ? 0 : progress];
}

/** Whether the COTs of this question can be ranked. */
export const canRank = (task: Task, question: Question): boolean =>
  task.quality?.(question, "") !== undefined;

/** Refuses ranked feedback of a task that has no word on the quality of steps. `where`: what asks for it. */
export function checkRanking(task: Task, where?: string): void {
  if (task.quality !== undefined) return;
  throw inputError({
    what: "this task knows right and wrong answers only: it cannot rank COTs by their steps",
    where,
    found: task.name,
    expected: `one of ${taskKinds
      .map(({ name }) => name)
      .filter((name) => taskNamed(name).quality !== undefined)
      .join(", ")}, or binary feedback`,
  });
}
