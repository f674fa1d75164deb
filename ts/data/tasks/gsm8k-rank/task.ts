import { existsSync } from "node:fs";
import { type Gsm8kRankTask, gsm8kRankTaskSchema, gsm8kTaskSchema, taskName } from "../../../config/index.ts";
import type { Problem } from "../../../core/errors.ts";
import type { Group, Question } from "../../../core/records.ts";
import { extractNumber, readSolution } from "../../answers/index.ts";
import { downloaded } from "../../downloads/folder.ts";
import { readSource } from "../../sources/read.ts";
import type { ReadQuestions, SplitName } from "../../task.ts";
import { gsm8k, gsm8kForm, withoutFinalNumber } from "../gsm8k.ts";
import { fileTask, type Made, questionsOf, rightQuestions, setAside, splitsWithAside } from "../reading.ts";
import { type RankedRow, type RankedText, rankedRowSchema, rankedTexts } from "./candidates.ts";

/**
 * GSM8K questions whose candidates somebody ranked by quality, as in arXiv 2309.02144; tested on GSM8K's test split. As far
 * as is known the authors' own file is not published: the form that is read is that of {@link rankedRowSchema}.
 * `groups` makes of it what `stages.judge.groupsFile` takes.
 */
export const gsm8kRank = fileTask<Gsm8kRankTask>({
  name: "gsm8k-rank",
  description: "GSM8K questions with ranked candidates of your own, tested as GSM8K is",
  settingsSchema: gsm8kRankTaskSchema,
  files(settings) {
    const { gsm8kTrainFile, ...files } = filesOf(settings);
    // Without it there may be answers enough: the reader says where one is missing.
    const known = settings.gsm8kTrainFile !== undefined || existsSync(gsm8kTrainFile);
    return known ? { ...files, gsm8kTrainFile } : files;
  },
  parts: (settings) => ({ train: filesOf(settings).trainFile, test: filesOf(settings).testFile }),
  form: gsm8kForm,
  async splits(settings, part, seed) {
    const { train, validation, test } = await splitsWithAside(settings, part, seed);
    return { train: train.map(withoutRanked), validation: validation.map(withoutRanked), test };
  },
  read,
  groups,
});

const filesOf = ({ trainFile, gsm8kTrainFile, testFile }: Gsm8kRankTask) => ({
  trainFile: trainFile ?? downloaded("gsm8k-rank", "train.jsonl"),
  gsm8kTrainFile: gsm8kTrainFile ?? downloaded("gsm8k", "train.jsonl"),
  testFile: testFile ?? downloaded("gsm8k", "test.jsonl"),
});

/** Candidates are no part of a question: they stand in its group. */
const withoutRanked = ({ ranked: _, ...question }: Question): Question => question;

/** The test split is GSM8K's own; everything else has ranked candidates, which stand in the question's `ranked`. */
async function read(settings: Gsm8kRankTask, file: string, split?: SplitName): Promise<ReadQuestions> {
  const task = taskName(settings);
  if (split === "test") return gsm8k.read!(gsm8kTaskSchema.parse({ task: "gsm8k", name: task }), file, split);
  const source = await readSource(file);
  const published = source.rows.some(({ value }) => value.answer === undefined)
    ? await publishedAnswers(filesOf(settings).gsm8kTrainFile)
    : undefined;
  const { questions, problems } = questionsOf(source.rows, {
    task,
    split,
    schema: rankedRowSchema,
    make: (row) => madeOf(row, settings, published),
  });
  return { questions, problems: [...source.problems, ...problems] };
}

function madeOf(
  row: RankedRow,
  settings: Gsm8kRankTask,
  published: ReadonlyMap<string, string> | undefined,
): Made | Problem {
  const { question, candidates: _c, responses: _r, ranks: _n, scores: _s, ...rest } = row;
  const reference = row.answer ?? published?.get(question);
  if (reference === undefined)
    return {
      what: "no answer, and no question of GSM8K's training split is this one",
      found: question,
      expected: "a field answer, or a question of GSM8K word for word",
    };
  const { answer, unread } = readSolution(reference);
  if (answer === null) return withoutFinalNumber(reference, unread);
  const ranked = rankedTexts(row, settings.generators);
  return Array.isArray(ranked) ? { ...rest, question, reference, answer, ranked } : ranked;
}

/** The published solution of each question. */
async function publishedAnswers(file: string): Promise<ReadonlyMap<string, string>> {
  const questions = await rightQuestions(
    gsm8k.read!(gsm8kTaskSchema.parse({ task: "gsm8k" }), file, "train"),
  );
  return new Map(questions.map(({ question, reference }) => [question, reference!]));
}

/**
 * A group for each training question: the best candidates are the right ones, as in groups made of RRHF's rows, since ranks are
 * all that ranked feedback goes by, whatever the final answers are.
 */
async function groups(settings: Gsm8kRankTask, prompt: (question: Question) => string): Promise<Group[]> {
  const { trainFile: file } = filesOf(settings);
  const questions = await rightQuestions(read(settings, file, "train"));
  const { train } = setAside({ file, questions }, settings, settings.task, settings.seed);
  return train.map((question) => {
    const { id, task, reference, answer, ranked } = question;
    const candidates = (ranked as RankedText[]).map((candidate) => ({
      ...candidate,
      extracted: extractNumber(candidate.text, "strict"),
      correct: candidate.rank === 1,
    }));
    return { id, task, prompt: prompt(question), reference: reference!, answer, candidates };
  });
}
