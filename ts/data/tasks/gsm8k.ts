import { z } from "zod";
import { type Gsm8kTask, gsm8kTaskSchema, taskName } from "../../config/index.ts";
import { inputError, type Problem } from "../../core/errors.ts";
import { readRows } from "../../core/jsonl.ts";
import { randomFrom } from "../../core/random.ts";
import type { Question } from "../../core/records.ts";
import { extractNumber, numberPatterns, sameNumber } from "../answers.ts";
import { downloaded } from "../downloads/folder.ts";
import { checkEquationSteps, equationQuality } from "../equation-steps.ts";
import type { Splits, Task, TaskKind } from "../task.ts";

/** A row as the dataset has it, e.g. `{"question": "Natalia sold ...", "answer": "... <<48/2=24>>24 ...\n#### 72"}`. */
const rowSchema = z.looseObject({ question: z.string().min(1), answer: z.string() });

/** Bad rows that are named before the rest are only counted. */
const mostRowsNamed = 20;

/** Grade-school word problems (Cobbe et al., 2021), read from the user's own copy of the files. */
export const gsm8k: TaskKind<Gsm8kTask> = {
  name: "gsm8k",
  description: "GSM8K: grade-school word problems, judged by the number after ####",
  settingsSchema: gsm8kTaskSchema,
  files: filesOf,
  make: (settings): Task => ({
    name: taskName(settings),
    splits: (seed) => splitsOf(settings, seed),
    body: ({ question }) => question,
    // It ends in a newline, so that no tokenizer can merge the prompt's end with the response's first word.
    plain: ({ question }) => `Question: ${question}\nAnswer:\n`,
    patterns: numberPatterns,
    extract: extractNumber,
    sameAnswer: sameNumber,
    // Its equations: nothing else of such a COT can be checked for certain.
    checkSteps: (_question, text) => checkEquationSteps(text),
    quality: (_question, text) => equationQuality(text),
  }),
};

function filesOf({ trainFile, testFile }: Gsm8kTask): { trainFile: string; testFile: string } {
  return {
    trainFile: trainFile ?? downloaded("gsm8k", "train.jsonl"),
    testFile: testFile ?? downloaded("gsm8k", "test.jsonl"),
  };
}

async function splitsOf(settings: Gsm8kTask, seed?: number): Promise<Splits> {
  const { train, validation, test, seed: own } = settings;
  const { trainFile, testFile } = filesOf(settings);
  const name = taskName(settings);
  const rows = await readGsm8k(trainFile, "train", name);
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
    test: (await readGsm8k(testFile, "test", name)).slice(0, test),
  };
}

/** Questions of a GSM8K file, ids `<task>-<split>-<number>`; the reference COT is the row's answer as it stands. */
async function readGsm8k(file: string, split: "train" | "test", task: string): Promise<Question[]> {
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
    else questions.push({ ...rest, id: `${task}-${split}-${at + 1}`, task, question, reference, answer });
  }
  if (problems.length > 0) throw inputError(problems.slice(0, mostRowsNamed));
  return questions;
}
