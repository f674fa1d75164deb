import { z } from "zod";
import { type Gsm8kTask, gsm8kTaskSchema, taskName } from "../../config/index.ts";
import type { Problem } from "../../core/errors.ts";
import { extractNumber, numberPatterns, sameNumber } from "../answers/index.ts";
import { downloaded } from "../downloads/folder.ts";
import { checkEquationSteps, equationQuality } from "../steps/equation-steps.ts";
import type { ReadQuestions, Split, Splits, Task, TaskKind } from "../task.ts";
import { firstOf, type Made, readQuestions, rightQuestions, setAside } from "./reading.ts";

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
  patterns: numberPatterns,
  extract: extractNumber,
  sameAnswer: sameNumber,
  // Its equations: nothing else of such a COT can be checked for certain.
  checkSteps: (_question, text) => checkEquationSteps(text),
  quality: (_question, text) => equationQuality(text),
};

/** Grade-school word problems (Cobbe et al., 2021), read from the user's own copy of the files. */
export const gsm8k: TaskKind<Gsm8kTask> = {
  name: "gsm8k",
  description: "GSM8K: grade-school word problems, judged by the number after ####",
  settingsSchema: gsm8kTaskSchema,
  files: filesOf,
  parts: (settings) => ({ train: filesOf(settings).trainFile, test: filesOf(settings).testFile }),
  read,
  make: (settings): Task => ({
    name: taskName(settings),
    splits: (seed) => splitsOf(settings, seed),
    ...gsm8kForm,
  }),
};

function filesOf({ trainFile, testFile }: Gsm8kTask): { trainFile: string; testFile: string } {
  return {
    trainFile: trainFile ?? downloaded("gsm8k", "train.jsonl"),
    testFile: testFile ?? downloaded("gsm8k", "test.jsonl"),
  };
}

async function splitsOf(settings: Gsm8kTask, seed?: number): Promise<Splits> {
  const { trainFile, testFile } = filesOf(settings);
  const rows = await rightQuestions(read(settings, trainFile, "train"));
  return {
    ...setAside(rows, settings, trainFile, "gsm8k", seed ?? settings.seed),
    test: firstOf(await rightQuestions(read(settings, testFile, "test")), settings.test, testFile),
  };
}

/** The reference COT is the row's answer, as it stands or without its annotations. */
function read(settings: Gsm8kTask, file: string, split?: Split): Promise<ReadQuestions> {
  return readQuestions(file, {
    task: taskName(settings),
    split,
    schema: rowSchema,
    make: ({ question, answer: reference, ...rest }): Made | Problem => {
      const answer = extractNumber(reference, "strict");
      if (answer === null) return withoutFinalNumber(reference);
      return {
        ...rest,
        question,
        reference: settings.annotations === "strip" ? withoutAnnotations(reference) : reference,
        answer,
      };
    },
  });
}

export const withoutFinalNumber = (reference: string): Problem => ({
  what: "field answer: no final answer",
  found: reference,
  expected: "a last line `#### NUMBER`",
});

/** `3*4=<<3*4=12>>12` without what stands in `<< >>`. */
const withoutAnnotations = (text: string): string => text.replaceAll(/<<[^<>\n]*>>/g, "");
