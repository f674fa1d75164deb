/** What tasks with options share: how they are put, and how their solutions end. */
import type { Question } from "../../core/records.ts";
import { choiceRule, lettersOf } from "../answers/index.ts";
import type { Task } from "../task.ts";

/** `Question?`, then `A) first`, `B) second`, one option a line. */
function choiceBody({ question, choices = [] }: Question): string {
  const letters = lettersOf(choices);
  return [question, ...choices.map((choice, at) => `${letters[at]}) ${choice}`)].join("\n");
}

/** What every task with options has, but for its questions. */
export const choiceForm: Omit<Task, "name" | "splits"> = {
  body: choiceBody,
  // It ends in a newline, so that no tokenizer can merge the prompt's end with the response's first word.
  plain: (question) => `Question: ${choiceBody(question)}\nAnswer:\n`,
  ...choiceRule,
};

/** A solution with a closing line that strict extraction finds: `#### B`. */
export const closed = (solution: string, answer: string): string =>
  solution.trim() === "" ? `#### ${answer}` : `${solution.trimEnd()}\n#### ${answer}`;
