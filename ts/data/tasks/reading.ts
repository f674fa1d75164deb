/** What every task that is read from files shares: rows to questions, and questions to splits. */
import type { z } from "zod";
import { inputError, type Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { randomFrom } from "../../core/random.ts";
import type { Question } from "../../core/records.ts";
import { rowProblems } from "../../core/rows.ts";
import { refuse } from "../problems.ts";
import { readSource } from "../sources/read.ts";
import type { SourceRow } from "../sources/source.ts";
import type { ReadQuestions, Split } from "../task.ts";

/** A question as its row gives it: the reader adds the id and the task's name. */
export type Made = Omit<Question, "id" | "task">;

export interface Rows<T> {
  task: string;
  split: Split | undefined;
  schema: z.ZodType<T>;
  /** The question of a row that fits the schema, or what is wrong with it. */
  make(value: T, where: string): Made | Problem;
}

/** Questions `<task>-<split>-<row>` of a file, and every bad row with its place, the value and what was expected. */
export async function readQuestions<T>(file: string, rows: Rows<T>): Promise<ReadQuestions> {
  const source = await readSource(file);
  const made = questionsOf(source.rows, rows);
  return { questions: made.questions, problems: [...source.problems, ...made.problems] };
}

export function questionsOf<T>(
  rows: readonly SourceRow[],
  { task, split, schema, make }: Rows<T>,
): ReadQuestions {
  const questions: Row<Question>[] = [];
  const problems: Problem[] = [];
  for (const [at, { value, where }] of rows.entries()) {
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      problems.push(...rowProblems(parsed.error.issues, schema, value, where));
      continue;
    }
    const made = make(parsed.data, where);
    if (isProblem(made)) problems.push({ ...made, where });
    else questions.push({ value: { ...made, id: idOf(task, split, at + 1), task } as Question, where });
  }
  return { questions, problems };
}

export const idOf = (task: string, split: Split | undefined, number: number): string =>
  `${task}-${split ?? "row"}-${number}`;

const isProblem = (made: Made | Problem): made is Problem => "what" in made && !("question" in made);

/** The questions of a file without a mistake in it; else an input error with the mistakes. */
export async function rightQuestions(reading: Promise<ReadQuestions>): Promise<Question[]> {
  const { questions, problems } = await reading;
  refuse(problems.map((problem) => () => problem));
  return questions.map(({ value }) => value);
}

/** Says that a file has fewer questions than the settings ask for. */
export function refuseTooFew(there: number, asked: number, where: string, why: string): void {
  if (asked > there)
    throw inputError({
      what: "fewer questions than the task settings ask for",
      where,
      found: there,
      expected: `at least ${asked}${why}`,
    });
}

/** The first `count` questions, or all. */
export function firstOf(questions: readonly Question[], count: number | undefined, file: string): Question[] {
  refuseTooFew(questions.length, count ?? 0, file, "");
  return questions.slice(0, count);
}

/** `count` questions, drawn by the seed, in the order of the file; all when none is given. */
export function drawn(
  questions: readonly Question[],
  count: number | undefined,
  file: string,
  ...seed: readonly (string | number)[]
): Question[] {
  if (count === undefined) return [...questions];
  refuseTooFew(questions.length, count, file, "");
  return inFileOrder(questions, shuffledNumbers(questions.length, seed).slice(0, count));
}

/** Two parts that share nothing: `aside` of the questions for validation, `train` (or all) of the rest to train on. */
export function setAside(
  questions: readonly Question[],
  { train, validation: aside }: { train?: number | undefined; validation: number },
  file: string,
  ...seed: readonly (string | number)[]
): { train: Question[]; validation: Question[] } {
  const why = `: ${aside} set aside for validation and ${train ?? 1} to train on`;
  refuseTooFew(questions.length, aside + (train ?? 1), file, why);
  const numbers = shuffledNumbers(questions.length, seed);
  return {
    train: inFileOrder(questions, numbers.slice(aside, train === undefined ? undefined : aside + train)),
    validation: inFileOrder(questions, numbers.slice(0, aside)),
  };
}

const shuffledNumbers = (count: number, seed: readonly (string | number)[]): number[] =>
  randomFrom(...seed).shuffle(Array.from({ length: count }, (_, at) => at));

const inFileOrder = (questions: readonly Question[], numbers: readonly number[]): Question[] =>
  [...numbers].sort((a, b) => a - b).map((number) => questions[number]!);
