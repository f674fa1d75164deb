/** Questions that the model cannot take, found before a run comes to them. */
import type { Experiment } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import type { SplitName } from "../../data/index.ts";
import type { TaskQuestions } from "../stages/by-task.ts";
import { overlong } from "../worker/overlong.ts";
import { type Count, promptText, type Splits } from "./lengths.ts";

/**
 * One line for each task and split of which the run will stop at a question: a training question with its reference, or a
 * prompt of the evaluation that leaves no room for an answer.
 * @param limit tokens that the model takes; 0: it states no limit
 */
export async function tooLong(
  tasks: readonly Pick<TaskQuestions, "task" | "settings">[],
  questionsOf: (task: number) => Splits<Question[]>,
  { split, questions: evaluated }: Experiment["stages"]["evaluate"],
  { limit, count }: { limit: number; count: Count },
): Promise<string[]> {
  const warnings: string[] = [];
  const check = async (
    name: string,
    part: SplitName,
    questions: readonly Question[],
    textsOf: (question: Question) => string[],
  ): Promise<void> => {
    const pieces = questions.map((question) => ({ id: question.id, texts: textsOf(question) }));
    const [longest, ...others] = await overlong(pieces, limit, count);
    if (longest !== undefined)
      warnings.push(
        `${others.length + 1} of ${pieces.length} ${part} questions of ${name} are too long for the model, which takes ${limit} tokens with the answer (${longest.id}: ${longest.tokens}): the run will stop there`,
      );
  };
  for (const [at, { task, settings }] of tasks.entries()) {
    const questions = questionsOf(at);
    if (settings.use === "train")
      await check(task.name, "train", questions.train, (question) => {
        return [promptText(question), question.reference ?? ""];
      });
    await check(task.name, split, questions[split].slice(0, evaluated), (question) => [promptText(question)]);
  }
  return warnings;
}
