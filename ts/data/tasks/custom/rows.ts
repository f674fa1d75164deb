import { type CustomTask, taskName } from "../../../config/index.ts";
import { defined } from "../../../core/defined.ts";
import { AftError, type Problem } from "../../../core/errors.ts";
import { parseJson } from "../../../core/json.ts";
import type { Row } from "../../../core/jsonl.ts";
import { type Question, questionSchema } from "../../../core/records.ts";
import { type AnswerRule, lettersOf } from "../../answers/index.ts";
import { firstOfSource } from "../../sources/first.ts";
import { readSource } from "../../sources/read.ts";
import { missingColumns, noText, type SourceRow, valueAt, type WantedColumn } from "../../sources/source.ts";
import type { ReadQuestions, SplitName } from "../../task.ts";
import { closed } from "../choices.ts";
import { idOf } from "../reading.ts";
import { answerOf, extracted, ruleOf } from "./answer.ts";

/** Names that mean something in a question: a user's column of that name does not pass through. */
const reserved = new Set([...Object.keys(questionSchema.shape), "prompt", "conversation", "problem"]);

/** The questions of one file by the column map; a column that no row has is reported with the nearest. */
export async function readCustom(
  settings: CustomTask,
  file: string,
  split?: SplitName,
): Promise<ReadQuestions> {
  const source = await readSource(file);
  const missing = missingColumns(source, wantedColumns(settings));
  if (missing.length > 0) return { questions: [], problems: [...source.problems, ...missing] };
  const rule = ruleOf(settings);
  const questions: Row<Question>[] = [];
  const problems = [...source.problems];
  const ids = new Map<string, string>();
  for (const [at, row] of source.rows.entries()) {
    const question = questionOf(row, settings, rule, idOf(taskName(settings), split, at + 1));
    const before = "id" in question ? ids.get(question.id) : undefined;
    if (!("id" in question)) problems.push({ ...question, where: row.where });
    else if (before !== undefined)
      problems.push({
        what: `column ${settings.columns.id}: this id comes twice`,
        where: row.where,
        found: question.id,
        expected: `another than that of ${before}`,
      });
    else {
      ids.set(question.id, row.where);
      questions.push({ value: question, where: row.where });
    }
  }
  return { questions, problems };
}

/** Columns that the files' beginnings do not have, and files that cannot be read. */
export async function missingInFiles(settings: CustomTask, files: readonly string[]): Promise<Problem[]> {
  const problems = files.map(async (file): Promise<readonly Problem[]> => {
    try {
      const first = await firstOfSource(file);
      return first === undefined ? [] : missingColumns(first, wantedColumns(settings));
    } catch (error) {
      if (error instanceof AftError) return error.problems;
      throw error;
    }
  });
  return (await Promise.all(problems)).flat();
}

function wantedColumns({ columns }: CustomTask): WantedColumn[] {
  const { choices, ...single } = columns;
  const lists = choices === undefined ? [] : [choices].flat();
  return [
    ...Object.entries(single).map(([name, column]) => ({ column: column!, named: `columns.${name}` })),
    ...lists.map((column) => ({ column, named: "columns.choices" })),
  ];
}

function questionOf(
  { value: row }: SourceRow,
  settings: CustomTask,
  rule: AnswerRule,
  counted: string,
): Question | Problem {
  const { columns } = settings;
  const question = valueAt(row, columns.question);
  if (typeof question !== "string" || question.trim() === "")
    return noText(`column ${columns.question}: no question`, columns.question, question);
  const choices = columns.choices === undefined ? undefined : choicesOf(row, columns.choices);
  if (choices !== undefined && "what" in choices) return choices;
  const answer = answerOf(valueAt(row, columns.answer), choices, settings, rule);
  if (typeof answer !== "string") return answer;
  const reference =
    columns.reference === undefined ? undefined : referenceOf(row, columns.reference, answer, settings);
  if (typeof reference === "object") return reference;
  const made = {
    ...restOf(row, settings),
    id: columns.id === undefined ? counted : `${taskName(settings)}-${String(valueAt(row, columns.id))}`,
    task: taskName(settings),
    question,
    answer,
    ...defined({ choices, reference }),
  };
  if (reference === undefined || extracted(rule, reference, "strict", choices) !== null) return made;
  return {
    what: `column ${columns.reference}: the solution does not give its answer in the form that is judged by`,
    found: reference,
    expected: `something that matches ${rule.patterns.strict}`,
    fix:
      settings.answer.kind === "regex" ? undefined : "closing: append adds a last line `#### ANSWER` to each",
  };
}

function referenceOf(
  row: SourceRow["value"],
  column: string,
  answer: string,
  { closing }: CustomTask,
): string | Problem {
  const reference = valueAt(row, column);
  if (typeof reference !== "string" || reference.trim() === "")
    return noText(`column ${column}: no solution`, column, reference);
  return closing === "append" ? closed(reference, answer) : reference;
}

/** The options: of one column each, or of one column as a list, as JSON, or as text with `|` between them. */
function choicesOf(row: SourceRow["value"], column: string | string[]): string[] | Problem {
  const name = Array.isArray(column) ? column.join(", ") : column;
  const values = Array.isArray(column)
    ? column.map((option) => valueAt(row, option))
    : listOf(valueAt(row, column));
  const texts = values?.filter((value) => typeof value === "string" || typeof value === "number").map(String);
  const isList = values !== undefined && texts !== undefined && texts.length === values.length;
  if (isList && texts.length >= 2 && texts.length <= 26) return withoutLetters(texts);
  return {
    what: `column ${name}: no list of options`,
    found: Array.isArray(column) ? values : valueAt(row, column),
    expected: "2 to 26 texts: a list, JSON, or text with | between them",
  };
}

/** Options without letters of their own, `A) 18 km`, where all have them: the prompt puts its own there. */
function withoutLetters(texts: readonly string[]): string[] {
  const bare = texts.map((text, at) => {
    const [start = "", letter] = /^\s*\(?([A-Z])[).:]\s*/.exec(text) ?? [];
    return letter === lettersOf([...texts])[at] ? text.slice(start.length) : undefined;
  });
  return bare.every((text) => text !== undefined) ? bare : [...texts];
}

function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string") return undefined;
  if (value.trim().startsWith("["))
    try {
      return parseJson(value) as unknown[];
    } catch {
      return undefined;
    }
  return value.split("|").map((part) => part.trim());
}

/** Columns that the map does not name pass through, as everywhere. */
function restOf(row: SourceRow["value"], settings: CustomTask): Record<string, unknown> {
  const named = new Set(wantedColumns(settings).map(({ column }) => column));
  return Object.fromEntries(
    Object.entries(row).filter(([column]) => !named.has(column) && !reserved.has(column)),
  );
}
