import { type ArithmeticTask, arithmeticTaskSchema, taskName } from "../../../config/index.ts";
import type { Question } from "../../../core/records.ts";
import { gsm8kNumber } from "../../answers/index.ts";
import type { SplitName, Task, TaskKind } from "../../task.ts";
import { checkProblemSteps } from "./check.ts";
import { arithmeticQuestions } from "./generate.ts";
import { type ArithmeticProblem, problemSchema } from "./problem.ts";

/**
 * Multi-step word problems in GSM8K's form, made rather than read, so that a small model learns them in minutes:
 * `Cat buys 7 boxes of 4 keys and 4 bags of 6 figs. How many things are there in all?`, answered by
 * `4 * 6 = 24`, `7 * 4 = 28`, `24 + 28 = 52`, `#### 52`, one step a line.
 */
export const arithmetic: TaskKind<ArithmeticTask> = {
  name: "arithmetic",
  description: "generated word problems of a few steps, with a strict check of every step",
  settingsSchema: arithmeticTaskSchema,
  make: (settings): Task => ({
    name: taskName(settings),
    async splits(seed) {
      const make = (split: SplitName): Question[] => [
        ...arithmeticQuestions(settings, settings[split], seed ?? settings.seed, split),
      ];
      return { train: make("train"), validation: make("validation"), test: make("test") };
    },
    body: ({ question }) => question,
    plain: ({ question }) => `${question}\n`,
    ...gsm8kNumber,
    checkSteps(question, text) {
      const problem = problemOf(question);
      return problem === undefined ? undefined : checkProblemSteps(problem, text);
    },
    // The lines before the first error: what comes after it rests on it.
    quality(question, text) {
      const problem = problemOf(question);
      if (problem === undefined) return undefined;
      const { valid, firstError } = checkProblemSteps(problem, text);
      return { valid, progress: firstError === undefined ? 0 : firstError.line - 1 };
    },
  }),
};

const known = new WeakMap<Question, ArithmeticProblem | undefined>();

/** The `problem` that the generator put into the question, checked once a question. */
function problemOf(question: Question): ArithmeticProblem | undefined {
  if (!known.has(question)) known.set(question, problemSchema.safeParse(question.problem).data);
  return known.get(question);
}
