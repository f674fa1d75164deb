import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type EcqaTask, ecqaTaskSchema, taskName } from "../../config/index.ts";
import type { Problem } from "../../core/errors.ts";
import { readError } from "../../core/files.ts";
import type { Row } from "../../core/jsonl.ts";
import type { Question } from "../../core/records.ts";
import { downloaded } from "../downloads/folder.ts";
import { readSource } from "../sources/read.ts";
import type { ReadQuestions, SplitName } from "../task.ts";
import { choiceForm, closed } from "./choices.ts";
import { fileTask, idOf, parsedRow, publishedSplits } from "./reading.ts";

/**
 * A row of ecqa.jsonl, and the row of CommonsenseQA with the same id that it explains:
 * `{"id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "positives": ["A shelf holds books."], "negatives": ["A sink holds water."],
 *   "explanation": "Books stand on a shelf, while a sink holds water."}`
 * `{"id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "answerKey": "B", "question": {"question_concept": "book",
 *   "stem": "Where does one keep books?", "choices": [{"label": "A", "text": "sink"}, {"label": "B", "text": "shelf"}, ...]}}`
 */
const explanationSchema = z.looseObject({ id: z.string().min(1), explanation: z.string().min(1) });
const labels = ["A", "B", "C", "D", "E"] as const;
const commonsenseSchema = z.looseObject({
  id: z.string().min(1),
  answerKey: z.enum(labels),
  question: z.looseObject({
    stem: z.string().min(1),
    choices: z.array(z.looseObject({ label: z.enum(labels), text: z.string() })).length(5),
  }),
});
type CommonsenseRow = z.output<typeof commonsenseSchema>;

/** Where the published files lie within their folder: ECQA's own, and CommonsenseQA's where ECQA's ReadMe puts them. */
const names = {
  explanations: "ecqa.jsonl",
  cqaTrain: "cqa/train_rand_split.jsonl",
  cqaDev: "cqa/dev_rand_split.jsonl",
  train: "author_split/train_ids.txt",
  validation: "author_split/val_ids.txt",
  test: "author_split/test_ids.txt",
};

const folderOf = ({ folder }: EcqaTask): string => folder ?? dirname(downloaded("ecqa", names.explanations));

/** Common sense with five options and written explanations (Aggarwal et al., 2021), in the authors' own splits. */
export const ecqa = fileTask<EcqaTask>({
  name: "ecqa",
  description: "ECQA: common sense with five options and explanations, judged by the letter",
  settingsSchema: ecqaTaskSchema,
  files: (settings) =>
    Object.fromEntries(Object.values(names).map((name) => [name, join(folderOf(settings), name)])),
  parts(settings) {
    const file = join(folderOf(settings), names.explanations);
    return { train: file, validation: file, test: file };
  },
  form: choiceForm,
  splits: publishedSplits,
  read,
});

/**
 * The explanations joined with the questions that they explain, in the order of the split's list of ids, or without a split
 * all in the order of the file. Of an id that is explained twice the first counts, as in the authors' own script.
 */
async function read(settings: EcqaTask, file: string, split?: SplitName): Promise<ReadQuestions> {
  const folder = dirname(file);
  const task = taskName(settings);
  const commonsense = await commonsenseRows(folder);
  const { rows, problems } = await checkedRows(file, explanationSchema);
  problems.push(...commonsense.problems);
  const explained = new Map<string, Row<z.output<typeof explanationSchema>>>();
  for (const row of rows) if (!explained.has(row.value.id)) explained.set(row.value.id, row);
  const listed = split === undefined ? undefined : await idsOf(join(folder, names[split]));
  const wanted = listed ?? [...explained.values()].map(({ value, where }) => ({ value: value.id, where }));
  const questions: Row<Question>[] = [];
  for (const [at, { value: id, where }] of wanted.entries()) {
    const explanation = explained.get(id);
    const question = commonsense.byId.get(id);
    if (explanation === undefined)
      problems.push({ what: "no explanation has this id", where, found: id, expected: `an id of ${file}` });
    else if (question === undefined)
      problems.push({
        what: "no question of CommonsenseQA has this id",
        where,
        found: id,
        expected: `an id of ${names.cqaTrain} or ${names.cqaDev}`,
      });
    else
      questions.push({
        value: joined(question, explanation.value.explanation, task, idOf(task, split, at + 1)),
        where: explanation.where,
      });
  }
  return { questions, problems };
}

function joined(
  { id: cqaId, question, answerKey }: CommonsenseRow,
  explanation: string,
  task: string,
  id: string,
) {
  const choices = [...question.choices].sort((a, b) => (a.label < b.label ? -1 : 1)).map(({ text }) => text);
  const reference = closed(explanation, answerKey);
  return { id, task, question: question.stem, choices, reference, answer: answerKey, cqaId };
}

async function commonsenseRows(folder: string) {
  const byId = new Map<string, CommonsenseRow>();
  const problems: Problem[] = [];
  for (const name of [names.cqaTrain, names.cqaDev]) {
    const part = await checkedRows(join(folder, name), commonsenseSchema);
    problems.push(...part.problems);
    for (const { value } of part.rows) byId.set(value.id, value);
  }
  return { byId, problems };
}

async function checkedRows<T>(file: string, schema: z.ZodType<T>) {
  const source = await readSource(file);
  const rows: Row<T>[] = [];
  const problems = [...source.problems];
  for (const row of source.rows) {
    const parsed = parsedRow(row, schema);
    if (Array.isArray(parsed)) problems.push(...parsed);
    else rows.push(parsed);
  }
  return { rows, problems };
}

/** One id a line. */
async function idsOf(file: string): Promise<Row<string>[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw readError(file, error, "the authors' list of ids, one a line");
  });
  return text
    .split(/\r?\n/)
    .map((line, at) => ({ value: line.trim(), where: `${file}:${at + 1}` }))
    .filter(({ value }) => value !== "");
}
