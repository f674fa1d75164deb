import { z } from "zod";
import { type Gsm8kTask, gsm8kTaskSchema } from "../../config/index.ts";
import { inputError, type Problem } from "../../core/errors.ts";
import { readRows } from "../../core/jsonl.ts";
import { randomFrom } from "../../core/random.ts";
import type { Question } from "../../core/records.ts";
import { extractNumber, numberPatterns, sameNumber } from "../answers.ts";
import { checkEquationSteps, equationQuality } from "../equation-steps.ts";
import type { Task } from "../task.ts";

/** A row as the dataset has it, e.g. `{"question": "Natalia sold ...", "answer": "... <<48/2=24>>24 ...\n#### 72"}`. */
const rowSchema = z.looseObject({ question: z.string().min(1), answer: z.string() });

/** Bad rows that are named before the rest are only counted. */
const mostRowsNamed = 20;

/** Grade-school word problems (Cobbe et al., 2021), read from the user's own copy of the files. */
export const gsm8k: Task<Gsm8kTask> = {
  name: "gsm8k",
  description: "GSM8K: grade-school word problems, judged by the number after ####",
  settingsSchema: gsm8kTaskSchema,
  async splits(settings, seed) {
    const { trainFile, testFile, train, validation, test, seed: own } = gsm8kTaskSchema.parse(settings);
    const rows = await readGsm8k(trainFile, "train");
    const needed = validation + (train ?? 1);
    if (needed > rows.length)
      throw inputError({
        what: "fewer questions than the task settings ask for",
        where: trainFile,
        found: rows.length,
        expected: `at least ${needed}: ${validation} set aside for validation and ${train ?? 1} to train on`,
      });
    const drawn = randomFrom("gsm8k", seed ?? own).shuffle([...rows.keys()]);
    const inFileOrder = (numbers: readonly number[]): Question[] =>
      [...numbers].sort((a, b) => a - b).map((number) => rows[number]!);
    return {
      train: inFileOrder(drawn.slice(validation, train === undefined ? undefined : validation + train)),
      validation: inFileOrder(drawn.slice(0, validation)),
      test: (await readGsm8k(testFile, "test")).slice(0, test),
    };
  },
  // It ends in a newline, so that no tokenizer can merge the prompt's end with the response's first word.
  promptOf: (question) => `Question: ${question.question}\nAnswer:\n`,
  patterns: numberPatterns,
  extract: extractNumber,
  sameAnswer: sameNumber,
  // Its equations: nothing else of such a COT can be checked for certain.
  checkSteps: (_question, text) => checkEquationSteps(text),
  quality: (_question, text) => equationQuality(text),
};

/** Questions of a GSM8K file, ids `gsm8k-<split>-<number>`; the reference COT is the row's answer as it stands. */
export async function readGsm8k(file: string, split: "train" | "test"): Promise<Question[]> {
  const questions: Question[] = [];
  const problems: Problem[] = [];
  for (const [at, { value, where }] of (await readRows(file, rowSchema)).entries()) {
    const { question, answer: reference, ...rest } = value;
    const answer = extractNumber(reference, "strict");
    if (answer === null)
      problems.push({
        what: "field answer: no final answer",
        where,
        found: reference,
        expected: "a last line `#### NUMBER`",
      });
    else
      questions.push({ ...rest, id: `gsm8k-${split}-${at + 1}`, task: "gsm8k", question, reference, answer });
  }
  if (problems.length > 0) throw inputError(problems.slice(0, mostRowsNamed));
  return questions;
}
