import type { ExtractMode } from "./answers.ts";
import { judge } from "./judge.ts";
import type { Task } from "./task.ts";

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
  const strict = judgedBy(answers, task, "strict");
  const flexible = judgedBy(answers, task, "flexible");
  return answers.map((one, at) => {
    const byMode = { strict: strict[at]!, flexible: flexible[at]! };
    return { ...one, ...byMode[extract], byMode };
  });
}

function judgedBy(answers: readonly Answered[], task: Task, extract: ExtractMode): Judged[] {
  const questions = answers.map((one) => ({ ...one, id: one.questionId, task: task.name }));
  const candidates = answers.map(({ questionId, text }) => ({ questionId, index: 0, text }));
  return judge(questions, candidates, { task, extract }).groups.map(({ candidates: [judged] }) => ({
    extracted: judged!.extracted,
    correct: judged!.correct,
  }));
}
