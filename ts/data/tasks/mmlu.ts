import { z } from "zod";
import { type MmluTask, mmluTaskSchema, taskName } from "../../config/index.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import { lettersOf } from "../answers/index.ts";
import { choiceForm } from "./choices.ts";
import { drawn, fileTask, type Part, publishedFiles, readQuestions } from "./reading.ts";

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
export const mmlu = fileTask<MmluTask>({
  name: "mmlu",
  description: "MMLU: 57 subjects with four options, evaluated out of distribution",
  settingsSchema: mmluTaskSchema,
  ...publishedFiles("mmlu", { test: { setting: "testFile", name: "all/test-00000-of-00001.parquet" } }),
  form: choiceForm,
  async splits(settings, part, seed) {
    const { file, questions } = await part("test");
    const wanted = { file, questions: ofSubjects({ file, questions }, settings.subjects) };
    // Drawn over all subjects: the file has one after the other.
    return { train: [], validation: [], test: drawn(wanted, settings.test, "mmlu", seed) };
  },
  read: (settings, file, split) =>
    readQuestions(file, {
      task: taskName(settings),
      split,
      schema: rowSchema,
      make: ({ answer, ...rest }) => ({ ...rest, answer: lettersOf(rest.choices)[answer]! }),
    }),
});

function ofSubjects({ file, questions }: Part, subjects: readonly string[] | undefined): readonly Question[] {
  if (subjects === undefined) return questions;
  const known = [...new Set(questions.map(({ subject }) => String(subject)))];
  const unknown = subjects.filter((subject) => !known.includes(subject));
  if (unknown.length > 0)
    throw inputError(
      unknown.map((subject) => ({
        what: "no question of this subject",
        where: file,
        found: subject,
        expected: `one of ${known.join(", ")}`,
        nearest: nearestName(subject, known),
      })),
    );
  return questions.filter(({ subject }) => subjects.includes(String(subject)));
}
