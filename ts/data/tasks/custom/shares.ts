import { randomFrom } from "../../../core/random.ts";
import type { Question } from "../../../core/records.ts";
import { contentOf } from "../../duplicates.ts";
import type { Splits } from "../../task.ts";

/**
 * One file's questions in three splits that share no content: equal questions go to one split together. The shares are those
 * of the distinct questions, rounded; each split keeps the order of the file.
 */
export function sharedOut(
  questions: readonly Question[],
  shares: { validation: number; test: number },
  seed: number,
): Splits {
  const distinct = [...new Set(questions.map(contentOf))];
  const order = randomFrom("shares", seed).shuffle(distinct);
  const test = Math.round(shares.test * order.length);
  const validation = Math.round(shares.validation * order.length);
  const inTest = new Set(order.slice(0, test));
  const inValidation = new Set(order.slice(test, test + validation));
  const isIn = (part: ReadonlySet<string>) => (question: Question) => part.has(contentOf(question));
  return {
    train: questions.filter((question) => !isIn(inTest)(question) && !isIn(inValidation)(question)),
    validation: questions.filter(isIn(inValidation)),
    test: questions.filter(isIn(inTest)),
  };
}
