import { z } from "zod";
import { type Gsm8kTask, gsm8kTaskSchema, taskName } from "../../config/index.ts";
import type { Problem } from "../../core/errors.ts";
import { gsm8kNumber, readSolution } from "../answers/index.ts";
import { checkEquationSteps, equationQuality } from "../steps/equation-steps.ts";
import { equationRule } from "../steps/equations.ts";
import type { Task } from "../task.ts";
import { fileTask, type Made, publishedFiles, readQuestions, splitsWithAside } from "./reading.ts";

/**
 * A row as the dataset has it: the answer is a solution, its sums annotated, and closes with the final number.
 * `{"question": "Mia has 3 boxes of 4 pens and gives 2 pens away. How many are left?",
 *   "answer": "She has 3*4=<<3*4=12>>12 pens.\n12-2=<<12-2=10>>10 are left.\n#### 10"}`
 */
const rowSchema = z.looseObject({ question: z.string().min(1), answer: z.string() });

/** How a question of GSM8K is put and judged. */
export const gsm8kForm: Omit<Task, "name" | "splits"> = {
  body: ({ question }) => question,
  // It ends in a newline, so that no tokenizer can merge the prompt's end with the response's first word.
  plain: ({ question }) => `Question: ${question}\nAnswer:\n`,
  ...gsm8kNumber,
  // Its equations: nothing else of such a COT can be checked for certain.
  stepRule: equationRule,
  checkSteps: (_question, text) => checkEquationSteps(text),
  quality: (_question, text) => equationQuality(text),
};

/** Grade-school word problems (Cobbe et al., 2021), read from the user's own copy of the files. */
export const gsm8k = fileTask<Gsm8kTask>({
  name: "gsm8k",
  description: "GSM8K: grade-school word problems, judged by the number after ####",
  settingsSchema: gsm8kTaskSchema,
  ...publishedFiles("gsm8k", {
    train: { setting: "trainFile", name: "train.jsonl" },
    test: { setting: "testFile", name: "test.jsonl" },
  }),
  form: gsm8kForm,
  splits: splitsWithAside,
  /** The reference COT is the row's answer, as it stands or without its annotations. */
  read: (settings, file, split) =>
    readQuestions(file, {
      task: taskName(settings),
      split,
      schema: rowSchema,
      make({ question, answer: reference, ...rest }): Made | Problem {
        const { answer, unread } = readSolution(reference);
        if (answer === null) return withoutFinalNumber(reference, unread);
        const isStripped = settings.annotations === "strip";
        return {
          ...rest,
          question,
          reference: isStripped ? withoutAnnotations(reference) : reference,
          answer,
        };
      },
    }),
});

export const withoutFinalNumber = (reference: string, unread: string | undefined): Problem => ({
  what:
    unread === undefined
      ? "field answer: no final answer"
      : `field answer: the final answer is not understood as one number: ${unread}`,
  found: reference,
  expected: "a last line `#### NUMBER`",
});

/** `3*4=<<3*4=12>>12` without what stands in `<< >>`. */
const withoutAnnotations = (text: string): string => text.replaceAll(/<<[^<>\n]*>>/g, "");
