import { existsSync } from "node:fs";
import type { PromptSettings } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { inputError } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import { type ExtractMode, outcomeOf } from "../answers/index.ts";
import { refuse } from "../problems.ts";
import { type Conversation, fewShotSplits, putQuestion } from "../prompts.ts";
import type { SplitName, Task, TaskKind } from "../task.ts";
import { missingFiles } from "./dataset.ts";

/** A question as the model is given it, and what judging makes of its reference. */
export interface ShownQuestion {
  id: string;
  /** `file:row`, where the rows were read for this alone. */
  where?: string;
  prompt: string | Conversation;
  reference?: string;
  answer: string;
  choices?: string[];
  /** What each mode finds in the reference. */
  extracted?: Record<ExtractMode, string | null>;
}

export interface Shown {
  total: number;
  questions: ShownQuestion[];
  patterns: Task["patterns"];
  /** Why these may not be the very questions of an experiment. */
  note?: string;
}

export interface ShowOptions {
  split: SplitName;
  count: number;
  /** Rows of this file instead of the task's own. */
  file?: string | undefined;
}

/** The first questions of a split, put as an experiment with these settings puts them. */
export async function shownQuestions(
  kind: TaskKind,
  settings: { task: string; seed?: number },
  put: PromptSettings,
  options: ShowOptions,
): Promise<Shown> {
  const task = kind.make(settings);
  const { rows, examples, note } = await rowsOf({ kind, settings, task, put }, options);
  const questions = rows
    .slice(0, options.count)
    .map((row) => shownQuestion(row, task, putQuestion(row.question, task, put, examples)));
  return { total: rows.length, questions, patterns: task.patterns, ...defined({ note }) };
}

interface Rows {
  rows: { question: Question; where?: string }[];
  examples: Question[];
  note?: string;
}

interface Showing {
  kind: TaskKind;
  settings: { task: string; seed?: number };
  task: Task;
  put: PromptSettings;
}

async function rowsOf({ kind, settings, task, put }: Showing, { split, file }: ShowOptions): Promise<Rows> {
  const parts = kind.parts?.(settings) ?? {};
  const alone = file ?? (needsOthers(parts, split) ? undefined : parts[split]);
  if (alone === undefined) {
    const missing = missingFiles(kind, settings);
    if (missing.length > 0) throw inputError(missing);
    const { splits, examples } = fewShotSplits(
      await task.splits(),
      put.fewShot,
      settings.seed ?? 1,
      task.name,
    );
    return { rows: splits[split].map((question) => ({ question })), examples };
  }
  if (kind.read === undefined)
    throw inputError({ what: `the task ${kind.name} makes its questions: it reads no file`, found: file });
  const { questions, problems } = await kind.read(settings, alone, split);
  refuse(problems);
  return {
    rows: questions.map(({ value, where }) => ({ question: value, where })),
    examples: [],
    note:
      file === undefined
        ? "all rows of this split's file, since not all of the task's files are here"
        : "all rows of this file",
  };
}

/** Whether all files are here, so that the questions are those of an experiment; else the split's own file has to do. */
const needsOthers = (parts: Partial<Record<SplitName, string>>, split: SplitName): boolean => {
  const file = parts[split];
  return file === undefined || !existsSync(file) || Object.values(parts).every((file) => existsSync(file));
};

function shownQuestion(
  { question, where }: Rows["rows"][number],
  task: Task,
  prompt: ShownQuestion["prompt"],
): ShownQuestion {
  const { id, reference, answer, choices } = question;
  const extracted = (mode: ExtractMode) => outcomeOf(task, reference!, mode, question).extracted;
  return {
    id,
    ...defined({ where }),
    prompt,
    ...(reference === undefined
      ? {}
      : { reference, extracted: { strict: extracted("strict"), flexible: extracted("flexible") } }),
    answer,
    ...defined({ choices }),
  };
}
