import type { Question } from "../../core/records.ts";
import type { ExtractMode } from "../answers/index.ts";
import type { Task } from "../task.ts";
import { judge } from "./judge.ts";

/** An answered question: what is needed to judge it anew, and how it was judged. */
export interface Answered {
  questionId: string;
  question: string;
  text: string;
  answer: string;
  extracted: string | null;
  correct: boolean;
}

type Judged = Pick<Answered, "extracted" | "correct">;

/**
 * Answers judged anew from their texts, by both of the task's rules; `extracted` and `correct` are those of `extract`. Other
 * fields stay as they are, and are the question's where a task's rule looks at more than its text (its `choices`).
 */
export function rejudged<T extends Answered>(
  answers: readonly T[],
  task: Task,
  extract: ExtractMode,
): (T & { byMode: Record<ExtractMode, Judged> })[] {
  const questions: Question[] = answers.map((answered: Answered) => ({
    ...answered,
    id: answered.questionId,
    task: task.name,
  }));
  const candidates = answers.map(({ questionId, text }) => ({ questionId, index: 0, text }));
  const { groups } = judge(questions, candidates, { task, extract });
  return answers.map((answered, at) => {
    const judged = groups[at]!.candidates[0]!.byMode as Record<ExtractMode, Judged> | undefined;
    const byMode = { strict: outcomeOf(judged?.strict), flexible: outcomeOf(judged?.flexible) };
    return { ...answered, ...byMode[extract], byMode };
  });
}

/** What was too long to be looked at has no answer by either rule. */
const outcomeOf = ({ extracted, correct }: Judged = { extracted: null, correct: false }): Judged => ({
  extracted,
  correct,
});
