import { nearestName, type Problem } from "../core/errors.ts";
import type { Row } from "../core/jsonl.ts";
import type { Candidate, Group, JudgedCandidate, Question } from "../core/records.ts";
import type { ExtractMode } from "./answers.ts";
import { refuse } from "./problems.ts";
import { promptOf } from "./prompts/prompts.ts";
import { canRank, checkRanking, withRanks } from "./quality.ts";
import { type Feedback, pairedByRank } from "./ranks.ts";
import { taskNamed } from "./registry.ts";
import type { Task } from "./task.ts";

/** Characters of a COT beyond which it is not looked at: its answer then counts as not found, "too long". */
export const longestJudged = 1_000_000;

/** How samples are judged. */
export interface JudgeOptions {
  /** The task, or its name: every question must be of it. */
  task: Task | string;
  extract: ExtractMode;
  /** ranked: each candidate gets a `rank` too, by its answer and then its steps. Default: binary. */
  feedback?: Feedback;
}

/** How the judging went. A candidate is exactly one of correct, wrong and noAnswer. */
export interface JudgeCounts {
  questions: number;
  candidates: number;
  correct: number;
  wrong: number;
  noAnswer: number;
  /** Of `noAnswer`: those longer than {@link longestJudged}, which were not looked at. */
  tooLong: number;
  /** Candidates whose text another of the same question already had. */
  duplicates: number;
  /** Questions without a candidate; they give no group. */
  withoutCandidates: number;
  /** Groups whose candidates are all right, none right, or of both kinds. */
  onlyPositive: number;
  onlyNegative: number;
  paired: number;
  /** Right answers whose steps are not all right; only there when the task can check steps. */
  rightAnswerWrongSteps?: number;
  /** Groups with a better and a worse candidate by rank; only there under ranked feedback. */
  pairedByRank?: number;
}

/** Records as they are, or with their place in a file, which errors then name. */
export type Records<T extends object> = readonly (T | Row<T>)[];

/**
 * Judges each candidate by its final answer. Groups come in the questions' order and keep every sample, copies
 * too, by index; fields that are not known here pass through. A candidate of an unknown question, a
 * (questionId, index) or question id that comes twice, a question of another task and one whose COTs cannot be ranked
 * (ranked feedback) are input errors, all reported together. Time is linear in the texts.
 */
export function judge(
  questions: Records<Question>,
  candidates: Records<Candidate>,
  { task: taskOrName, extract, feedback = "binary" }: JudgeOptions,
): { groups: Group[]; counts: JudgeCounts } {
  const task = typeof taskOrName === "string" ? taskNamed(taskOrName) : taskOrName;
  if (feedback === "ranked") checkRanking(task);
  const samples = gather(questions, candidates, task, feedback);
  const counts: JudgeCounts = {
    questions: questions.length,
    candidates: candidates.length,
    ...{ correct: 0, wrong: 0, noAnswer: 0, tooLong: 0, duplicates: 0 },
    ...{ withoutCandidates: 0, onlyPositive: 0, onlyNegative: 0, paired: 0 },
    ...(task.checkSteps === undefined ? {} : { rightAnswerWrongSteps: 0 }),
    ...(feedback === "ranked" ? { pairedByRank: 0 } : {}),
  };
  const groups: Group[] = [];
  for (const record of questions) {
    const question = recordOf(record);
    const own = samples.get(question.id)!.sort((a, b) => a.index - b.index);
    if (own.length === 0) counts.withoutCandidates++;
    else groups.push(judgeGroup(question, own, { task, extract, feedback }, counts));
  }
  return { groups, counts };
}

function judgeGroup(
  question: Question,
  samples: readonly Candidate[],
  { task, extract, feedback }: Required<JudgeOptions> & { task: Task },
  counts: JudgeCounts,
): Group {
  const { id, question: _text, reference, answer, ...rest } = question;
  const judged = samples.map((sample) => judgeOne(question, sample, task, extract));
  const candidates = feedback === "ranked" ? withRanks(question, judged, task) : judged;
  for (const candidate of candidates) count(candidate, counts);
  counts.duplicates += candidates.length - new Set(candidates.map(({ text }) => text)).size;
  const right = candidates.filter(({ correct }) => correct).length;
  counts[right === 0 ? "onlyNegative" : right === candidates.length ? "onlyPositive" : "paired"]++;
  const group = {
    id,
    ...rest,
    prompt: promptOf(question, task),
    ...(reference === undefined ? {} : { reference }),
    answer,
    candidates,
  };
  if (counts.pairedByRank !== undefined && pairedByRank(group)) counts.pairedByRank++;
  return group;
}

function judgeOne(question: Question, sample: Candidate, task: Task, extract: ExtractMode): JudgedCandidate {
  const { questionId: _id, index, text, ...rest } = sample;
  const tooLong = text.length > longestJudged;
  const extracted = tooLong ? null : task.extract(text, extract, question);
  const steps = tooLong ? undefined : task.checkSteps?.(question, text);
  const { logprob, tokens } = sample;
  return {
    ...rest,
    index,
    text,
    extracted,
    correct: extracted !== null && task.sameAnswer(extracted, question.answer),
    ...(extracted === null ? { noAnswer: tooLong ? "too long" : "not found" } : {}),
    ...(steps === undefined ? {} : { stepsValid: steps.valid }),
    ...(logprob === undefined || !tokens ? {} : { score: logprob / tokens }),
  };
}

function count(candidate: JudgedCandidate, counts: JudgeCounts): void {
  if (candidate.correct) counts.correct++;
  else if (candidate.extracted !== null) counts.wrong++;
  else counts.noAnswer++;
  if (candidate.noAnswer === "too long") counts.tooLong++;
  if (candidate.correct && candidate.stepsValid === false)
    counts.rightAnswerWrongSteps = (counts.rightAnswerWrongSteps ?? 0) + 1;
}

/** The candidates of each question, or one error with everything that does not fit together. */
function gather(
  questions: Records<Question>,
  candidates: Records<Candidate>,
  task: Task,
  feedback: Feedback,
): Map<string, Candidate[]> {
  const samples = new Map<string, Candidate[]>();
  const problems: (() => Problem)[] = [];
  for (const record of questions) {
    const question = recordOf(record);
    const { id, task: name } = question;
    const where = whereOf(record);
    if (samples.has(id))
      problems.push(() => ({ what: "field id: this question id comes twice", where, found: id }));
    if (name !== task.name)
      problems.push(() => ({
        what: "field task: a question of another task",
        where,
        found: name,
        expected: task.name,
      }));
    else if (feedback === "ranked" && !canRank(task, question))
      problems.push(() => ({
        what: "the COTs of this question cannot be ranked: it lacks what their steps are checked by",
        where,
        found: id,
        expected: `a question as the task ${task.name} makes it, or binary feedback`,
      }));
    samples.set(id, []);
  }
  const taken = new Map<string, Set<number>>();
  for (const record of candidates) {
    const candidate = recordOf(record);
    const { questionId, index } = candidate;
    const where = whereOf(record);
    const own = samples.get(questionId);
    const indices = taken.get(questionId) ?? new Set();
    if (own === undefined) problems.push(() => unknownQuestion(questionId, where, samples));
    else if (indices.has(index))
      problems.push(() => ({
        what: `field index: a second candidate ${index} of question ${JSON.stringify(questionId)}`,
        where,
        found: index,
        expected: "each index once within its question",
      }));
    else own.push(candidate);
    taken.set(questionId, indices.add(index));
  }
  refuse(problems);
  return samples;
}

const unknownQuestion = (
  questionId: string,
  where: string | undefined,
  samples: ReadonlyMap<string, unknown>,
): Problem => ({
  what: "field questionId: no question has this id",
  where,
  found: questionId,
  nearest: nearestName(questionId, [...samples.keys()]),
});

/** A record carries an id or a questionId at its top; a row carries its place instead. */
const isRow = <T extends object>(record: T | Row<T>): record is Row<T> =>
  "value" in record && "where" in record && !("id" in record) && !("questionId" in record);
const recordOf = <T extends object>(record: T | Row<T>): T => (isRow(record) ? record.value : record);
const whereOf = <T extends object>(record: T | Row<T>): string | undefined =>
  isRow(record) ? record.where : undefined;
