/** What every task that is read from files shares: rows to questions, and questions to splits. */
import type { z } from "zod";
import { taskName } from "../../config/index.ts";
import { inputError, type Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { randomFrom } from "../../core/random.ts";
import type { Question } from "../../core/records.ts";
import { rowProblems } from "../../core/rows.ts";
import { downloaded } from "../downloads/folder.ts";
import { refuse } from "../problems.ts";
import { readSource } from "../sources/read.ts";
import type { SourceRow } from "../sources/source.ts";
import type { ReadQuestions, SplitName, Splits, Task, TaskKind } from "../task.ts";

/** The questions of a file. */
export interface Part {
  file: string;
  questions: readonly Question[];
}

type FileSettings = { task: string; name?: string | undefined; seed: number };

/** A kind of task whose splits each come from a file. */
interface FileTask<Settings extends FileSettings> extends Omit<TaskKind<Settings>, "make"> {
  parts: NonNullable<TaskKind<Settings>["parts"]>;
  read: NonNullable<TaskKind<Settings>["read"]>;
  /** How questions are put and judged. */
  form: Omit<Task, "name" | "splits">;
  splits(settings: Settings, part: (split: SplitName) => Promise<Part>, seed: number): Promise<Splits>;
}

export const fileTask = <Settings extends FileSettings>({
  form,
  splits,
  ...kind
}: FileTask<Settings>): TaskKind<Settings> => ({
  ...kind,
  make(settings): Task {
    const part = async (split: SplitName): Promise<Part> => {
      const file = kind.parts(settings)[split]!;
      return { file, questions: await rightQuestions(kind.read(settings, file, split)) };
    };
    return {
      name: taskName(settings as Parameters<typeof taskName>[0]),
      splits: (seed = settings.seed) => splits(settings, part, seed),
      ...form,
    };
  },
});

/** The files of a published dataset by its splits: those that the settings name, or else the downloaded ones. */
export function publishedFiles<Setting extends string>(
  task: string,
  splits: Partial<Record<SplitName, { setting: Setting; name: string }>>,
) {
  type Named = Readonly<Partial<Record<NoInfer<Setting>, string | undefined>>>;
  const named = Object.entries(splits).map(([split, { setting, name }]) => ({
    ...{ split, setting },
    pathIn: (settings: Named): string => settings[setting] ?? downloaded(task, name),
  }));
  return {
    files: (settings: Named): Record<string, string> =>
      Object.fromEntries(named.map(({ setting, pathIn }) => [setting, pathIn(settings)])),
    parts: (settings: Named): Partial<Record<SplitName, string>> =>
      Object.fromEntries(named.map(({ split, pathIn }) => [split, pathIn(settings)])),
  };
}

type Counts = { train?: number | undefined; validation?: number | undefined; test?: number | undefined };

/** The published splits: of the training questions some drawn by the seed, of the others the first. */
export async function publishedSplits(
  settings: FileSettings & Counts,
  part: (split: SplitName) => Promise<Part>,
  seed: number,
): Promise<Splits> {
  return {
    train: drawn(await part("train"), settings.train, settings.task, seed),
    validation: firstOf(await part("validation"), settings.validation),
    test: firstOf(await part("test"), settings.test),
  };
}

/** The published test split, and validation questions set aside from the training split. */
export async function splitsWithAside(
  settings: FileSettings & Counts & { validation: number },
  part: (split: SplitName) => Promise<Part>,
  seed: number,
): Promise<Splits> {
  return {
    ...setAside(await part("train"), settings, settings.task, seed),
    test: firstOf(await part("test"), settings.test),
  };
}

/** A question as its row gives it: the reader adds the id and the task's name. */
export type Made = Omit<Question, "id" | "task">;

export interface Rows<T> {
  task: string;
  split: SplitName | undefined;
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
  for (const [at, row] of rows.entries()) {
    const { where } = row;
    const parsed = parsedRow(row, schema);
    const made = Array.isArray(parsed) ? parsed : make(parsed.value, where);
    if (Array.isArray(made)) problems.push(...made);
    else if (isProblem(made)) problems.push({ ...made, where });
    else questions.push({ value: { ...made, id: idOf(task, split, at + 1), task } as Question, where });
  }
  return { questions, problems };
}

/** The row as its schema has it, or everything that is wrong with it. */
export function parsedRow<T>({ value, where }: SourceRow, schema: z.ZodType<T>): Row<T> | Problem[] {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data, where }
    : rowProblems(parsed.error.issues, schema, value, where);
}

export const idOf = (task: string, split: SplitName | undefined, number: number): string =>
  `${task}-${split ?? "row"}-${number}`;

const isProblem = (made: Made | Problem): made is Problem => "what" in made && !("question" in made);

/** The questions of a file without a mistake in it; else an input error with the mistakes. */
export const rightQuestions = async (reading: Promise<ReadQuestions>): Promise<Question[]> =>
  valuesOf(await rightRows(reading));

/** The same with each question's place. */
export async function rightRows(reading: Promise<ReadQuestions>): Promise<Row<Question>[]> {
  const { questions, problems } = await reading;
  refuse(problems);
  return questions;
}

export const valuesOf = <T>(rows: readonly Row<T>[]): T[] => rows.map(({ value }) => value);

/** Says that a file has fewer questions than the settings ask for. */
function refuseTooFew({ file, questions }: Part, wanted: number, why = ""): void {
  if (wanted > questions.length)
    throw inputError({
      what: "fewer questions than the task settings ask for",
      where: file,
      found: questions.length,
      expected: `at least ${wanted}${why}`,
    });
}

/** The first `count` questions, or all. */
export function firstOf(part: Part, count: number | undefined): Question[] {
  refuseTooFew(part, count ?? 0);
  return part.questions.slice(0, count);
}

/** `count` questions, drawn by the seed, in the order of the file; all when none is given. */
export function drawn(
  part: Part,
  count: number | undefined,
  ...seed: readonly (string | number)[]
): Question[] {
  if (count === undefined) return [...part.questions];
  refuseTooFew(part, count);
  return inFileOrder(part, shuffledNumbers(part, seed).slice(0, count));
}

/** Two parts that share nothing: `validation` of the questions, and `train` (or all) of the rest to train on. */
export function setAside(
  part: Part,
  { train, validation: aside }: { train?: number | undefined; validation: number },
  ...seed: readonly (string | number)[]
): { train: Question[]; validation: Question[] } {
  const why = `: ${aside} set aside for validation and ${train ?? 1} to train on`;
  refuseTooFew(part, aside + (train ?? 1), why);
  const numbers = shuffledNumbers(part, seed);
  return {
    train: inFileOrder(part, numbers.slice(aside, train === undefined ? undefined : aside + train)),
    validation: inFileOrder(part, numbers.slice(0, aside)),
  };
}

const shuffledNumbers = ({ questions }: Part, seed: readonly (string | number)[]): number[] =>
  randomFrom(...seed).shuffle([...questions.keys()]);

const inFileOrder = ({ questions }: Part, numbers: readonly number[]): Question[] =>
  [...numbers].sort((a, b) => a - b).map((number) => questions[number]!);
