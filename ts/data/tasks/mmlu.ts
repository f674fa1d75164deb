import { z } from "zod";
import { type MmluTask, mmluTaskSchema, taskName } from "../../config/index.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import { lettersOf } from "../answers/index.ts";
import { downloaded } from "../downloads/folder.ts";
import type { ReadQuestions, Split, Splits, Task, TaskKind } from "../task.ts";
import { choiceTask } from "./choices.ts";
import { drawn, readQuestions, rightQuestions } from "./reading.ts";

/**
 * A row as the dataset has it, the answer counted from 0:
 * `{"question": "Which of these is a prime number?", "subject": "elementary_mathematics",
 *   "choices": ["9", "15", "17", "21"], "answer": 2}`
 */
const rowSchema = z.looseObject({
  question: z.string().min(1),
  subject: z.string().min(1),
  choices: z.array(z.string()).length(4),
  answer: z.int().min(0).max(3),
});

/** 57 subjects with four options (Hendrycks et al., 2021): its test split, asked without examples, evaluated only. */
export const mmlu: TaskKind<MmluTask> = {
  name: "mmlu",
  description: "MMLU: 57 subjects with four options, evaluated out of distribution",
  settingsSchema: mmluTaskSchema,
  files: (settings) => ({ testFile: fileOf(settings) }),
  parts: (settings) => ({ test: fileOf(settings) }),
  read,
  make: (settings): Task => ({
    name: taskName(settings),
    splits: (seed) => splitsOf(settings, seed),
    ...choiceTask,
  }),
};

const fileOf = ({ testFile }: MmluTask): string =>
  testFile ?? downloaded("mmlu", "all/test-00000-of-00001.parquet");

async function splitsOf(settings: MmluTask, seed?: number): Promise<Splits> {
  const file = fileOf(settings);
  const all = await rightQuestions(read(settings, file, "test"));
  const wanted = ofSubjects(all, settings.subjects, file);
  return {
    train: [],
    validation: [],
    // Drawn over all subjects: the file has one after the other.
    test: drawn(wanted, settings.test, file, "mmlu", seed ?? settings.seed),
  };
}

function ofSubjects(
  questions: Question[],
  subjects: readonly string[] | undefined,
  file: string,
): Question[] {
  if (subjects === undefined) return questions;
  const there = [...new Set(questions.map(({ subject }) => String(subject)))];
  const unknown = subjects.filter((subject) => !there.includes(subject));
  if (unknown.length > 0)
    throw inputError(
      unknown.map((subject) => ({
        what: "no question of this subject",
        where: file,
        found: subject,
        expected: `one of ${there.join(", ")}`,
        nearest: nearestName(subject, there),
      })),
    );
  return questions.filter(({ subject }) => subjects.includes(String(subject)));
}

function read(settings: MmluTask, file: string, split?: Split): Promise<ReadQuestions> {
  return readQuestions(file, {
    task: taskName(settings),
    split,
    schema: rowSchema,
    make: ({ answer, ...rest }) => ({ ...rest, answer: lettersOf(rest.choices)[answer]! }),
  });
}
