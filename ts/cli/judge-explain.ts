/** `aft judge --explain`: what a task's rules find in one text. */
import { existsSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";
import { z } from "zod";
import { defined } from "../core/defined.ts";
import { inputError } from "../core/errors.ts";
import { readRows } from "../core/jsonl.ts";
import { candidateSchema, questionSchema } from "../core/records.ts";
import { type Explained, type Explanation, explained, extractModes, type Task } from "../data/index.ts";
import { printLine } from "./exit.ts";

export interface Explaining {
  /** The text; `-`: standard input; `FILE:ROW`: a row's text; `FILE:ROW:INDEX`: a candidate of a group. */
  what: string;
  task: Task;
  /** Where the question of a row's `questionId` stands. */
  questions: string | undefined;
  /** The right answer, which goes before what the row says. */
  answer: string | undefined;
}

export interface ExplainedText extends Explanation {
  text: string;
  answer?: string;
}

export async function explainText({ what, task, questions, answer }: Explaining): Promise<ExplainedText> {
  const found = await rowNamed(what);
  const text = found?.text ?? (what === "-" ? await textOf(process.stdin) : what);
  const known =
    found?.questionId === undefined || questions === undefined
      ? undefined
      : await questionOf(questions, found.questionId);
  const right = answer ?? known?.answer ?? found?.answer;
  const asked = defined({ answer: right, choices: known?.choices ?? found?.choices });
  return { text, ...defined({ answer: right }), ...explained(task, text, asked) };
}

const rowSchema = z.looseObject({
  text: z.string().optional(),
  questionId: z.string().optional(),
  answer: z.string().optional(),
  choices: z.array(z.string()).optional(),
  candidates: z.array(candidateSchema.pick({ text: true })).optional(),
});

interface Found extends z.output<typeof rowSchema> {
  text: string;
}

/** The row that the words name; undefined where they name no file. */
async function rowNamed(what: string): Promise<Found | undefined> {
  const [, file = "", number = "", index] = /^([^\n]{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$/.exec(what) ?? [];
  if (file === "" || !existsSync(file)) return undefined;
  const rows = await readRows(file, rowSchema);
  const row = rows[Number(number) - 1]?.value;
  const text = index === undefined ? row?.text : row?.candidates?.[Number(index)]?.text;
  if (row !== undefined && text !== undefined) return { ...row, text };
  throw inputError({
    what: row === undefined ? "no such row" : "this row has no such text",
    where: file,
    found: what.slice(file.length + 1),
    expected:
      row === undefined
        ? `a row from 1 to ${rows.length}`
        : row.candidates === undefined
          ? "a row with a field text"
          : `FILE:ROW:INDEX, a candidate from 0 to ${row.candidates.length - 1}`,
  });
}

async function questionOf(file: string, id: string): Promise<z.output<typeof questionSchema>> {
  const question = (await readRows(file, questionSchema)).find(({ value }) => value.id === id)?.value;
  if (question !== undefined) return question;
  throw inputError({ what: "field questionId: no question has this id", where: file, found: id });
}

export function printExplained({ answer, published, ...explanation }: ExplainedText): void {
  for (const mode of extractModes) {
    const rule = explanation[mode];
    printLine(`${mode}: ${rule.pattern}`);
    for (const { line, by, said, answer: read, why, decides } of rule.seen) {
      const made = read === undefined ? `not read: ${why}` : `${read}${why === undefined ? "" : `, ${why}`}`;
      printLine(
        `  line ${line}, ${by}: ${JSON.stringify(said)} -> ${made}${decides === true ? " (decides)" : ""}`,
      );
    }
    printLine(`  ${resultOf(rule, answer)}`);
  }
  if (published !== undefined) printLine(`the dataset's own code: ${published ? "right" : "not right"}`);
}

function resultOf({ extracted, correct, noAnswer, unread }: Explained, answer: string | undefined): string {
  if (extracted === null)
    return `no answer: ${noAnswer}${unread === undefined ? "" : `, ${JSON.stringify(unread)}`}`;
  const verdict =
    correct === undefined
      ? ""
      : correct
        ? `, right: the answer is ${answer}`
        : `, wrong: the answer is ${answer}`;
  const partly =
    unread === undefined
      ? ""
      : `; the text states ${JSON.stringify(unread)}, of which the published pattern reads this`;
  return `answer: ${extracted}${verdict}${partly}`;
}
