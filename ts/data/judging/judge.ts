import type { Label } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import {
  type Candidate,
  type Group,
  isUnchecked,
  type JudgedCandidate,
  type Question,
} from "../../core/records.ts";
import { type ExtractMode, extractBoth, type Outcome } from "../answers/index.ts";
import { type Feedback, pairedByRank } from "../groups/members.ts";
import { withRanks } from "../groups/rank.ts";
import { type Ranking, scoreOf } from "../groups/ranking.ts";
import { promptOf } from "../prompts.ts";
import type { Task } from "../task.ts";
import { taskNamed } from "../tasks/registry.ts";
import { gather, type Records, recordOf } from "./gather.ts";
import { checkLabel, checkRanking } from "./steps-needed.ts";

export type { Label } from "../../config/index.ts";
export type { Records } from "./gather.ts";

/** Characters of a COT beyond which it is not looked at: its answer then counts as not found, "too long". */
export const longestJudged = 1_000_000;

/** How samples are judged. */
export interface JudgeOptions {
  /** The task, or its name: every question must be of it. */
  task: Task | string;
  /** By which of the task's two rules the answer is found. */
  extract: ExtractMode;
  /** ranked: each candidate gets a `rank` too. Default: binary. */
  feedback?: Feedback | undefined;
  /** What ranks go by. Default: steps. */
  ranking?: Ranking | undefined;
  /**
   * What makes a COT a positive. Default: answer. Under answer-and-steps the answer alone stands in `answerCorrect`, and a
   * right answer of whose steps none could be read makes neither a positive nor a negative (`unchecked: "steps"`).
   */
  label?: Label | undefined;
}

/**
 * How the judging went. A candidate is exactly one of correct, wrong, noAnswer and stepsUnread, by its label; all else that
 * speaks of right and wrong answers goes by the answer alone.
 */
export interface JudgeCounts {
  /** All questions. */
  questions: number;
  /** All candidates. */
  candidates: number;
  /** Candidates that count as right. */
  correct: number;
  /** Candidates with an answer that count as wrong. */
  wrong: number;
  /** Candidates in which no answer was found: none stated, or one of the following. */
  noAnswer: number;
  /** Of `noAnswer`: those that state an answer in a form which the rule does not understand; `unread` on each says which. */
  unparsed: number;
  /** Of `noAnswer`: those that state several answers. */
  ambiguous: number;
  /** Of `noAnswer`: those longer than {@link longestJudged}, which were not looked at. */
  tooLong: number;
  /** Of `noAnswer`: those whose answer could not be looked for to the end in the time there is. */
  timeLimit: number;
  /** With an answer that a published pattern reads otherwise than the text states it (10 of `10^5`); `unread` says what. */
  partlyRead: number;
  /** Right answers of whose steps none could be read; only there under the label answer-and-steps. */
  stepsUnread?: number;
  /** Right answers by the strict rule, whichever judges. */
  correctStrict: number;
  /** Right answers by the flexible rule, whichever judges. */
  correctFlexible: number;
  /** Candidates whose text another of the same question already had. */
  duplicates: number;
  /** Questions without a candidate; they give no group. */
  withoutCandidates: number;
  /** Groups whose candidates are all right, those that could not be checked apart. */
  onlyPositive: number;
  /** Groups of which no candidate is right. */
  onlyNegative: number;
  /** Groups with candidates of both kinds. */
  paired: number;
  /** Right answers whose steps are not all right; only there when the task can check steps. */
  rightAnswerWrongSteps?: number;
  /** Wrong answers at the end of steps that are all right; only there when the task can check steps. */
  wrongAnswerRightSteps?: number;
  /** Groups with a better and a worse candidate by rank; only there under ranked feedback. */
  pairedByRank?: number;
}

/**
 * Judges each candidate by its final answer. Groups come in the questions' order and keep every sample, copies
 * too, by index; fields that are not known here pass through. A candidate of an unknown question, a
 * (questionId, index) or question id that comes twice, a question of another task and what cannot be ranked as asked
 * (ranked feedback) are input errors, all reported together. Time is linear in the texts.
 */
export function judge(
  questions: Records<Question>,
  candidates: Records<Candidate>,
  { task: taskOrName, extract, feedback = "binary", ranking = "steps", label = "answer" }: JudgeOptions,
): { groups: Group[]; counts: JudgeCounts } {
  const task = typeof taskOrName === "string" ? taskNamed(taskOrName) : taskOrName;
  const ranked = feedback === "ranked" ? ranking : undefined;
  if (ranked === "steps") checkRanking(task);
  if (label === "answer-and-steps") checkLabel(task);
  const samples = gather(questions, candidates, task, ranked);
  const counts: JudgeCounts = {
    questions: questions.length,
    candidates: candidates.length,
    ...{
      correct: 0,
      wrong: 0,
      noAnswer: 0,
      unparsed: 0,
      ambiguous: 0,
      tooLong: 0,
      timeLimit: 0,
      partlyRead: 0,
    },
    ...(label === "answer" ? {} : { stepsUnread: 0 }),
    ...{ correctStrict: 0, correctFlexible: 0 },
    ...{ duplicates: 0, withoutCandidates: 0, onlyPositive: 0, onlyNegative: 0, paired: 0 },
    ...(task.checkSteps === undefined ? {} : { rightAnswerWrongSteps: 0, wrongAnswerRightSteps: 0 }),
    ...(ranked === undefined ? {} : { pairedByRank: 0 }),
  };
  const groups: Group[] = [];
  for (const record of questions) {
    const question = recordOf(record);
    const sampled = samples.get(question.id)!.sort((a, b) => a.index - b.index);
    if (sampled.length === 0) counts.withoutCandidates++;
    else groups.push(judgeGroup(question, sampled, { task, extract, label, ranking: ranked }, counts));
  }
  return { groups, counts };
}

/** Answers that were stated and not understood, each once, the most frequent first. */
export function notUnderstood(
  groups: readonly Group[],
): { stated: string; times: number; questionId: string }[] {
  const found = new Map<string, { stated: string; times: number; questionId: string }>();
  for (const { id, candidates } of groups)
    for (const { unread, noAnswer } of candidates) {
      if (typeof unread !== "string" || noAnswer === "ambiguous") continue;
      const known = found.get(unread);
      if (known === undefined) found.set(unread, { stated: unread, times: 1, questionId: id });
      else known.times++;
    }
  return [...found.values()].sort((a, b) => b.times - a.times);
}

interface Judging {
  task: Task;
  extract: ExtractMode;
  label: Label;
  /** undefined: binary feedback. */
  ranking: Ranking | undefined;
}

function judgeGroup(
  question: Question,
  samples: readonly Candidate[],
  judging: Judging,
  counts: JudgeCounts,
): Group {
  const { id, question: _text, reference, answer, ...rest } = question;
  const { task, ranking } = judging;
  const judged = samples.map((sample) => judgeSample(question, sample, judging));
  for (const candidate of judged) count(candidate, counts);
  counts.duplicates += judged.length - new Set(judged.map(({ text }) => text)).size;
  const right = judged.filter(({ correct }) => correct).length;
  const wrong = judged.filter((candidate) => !candidate.correct && !isUnchecked(candidate)).length;
  counts[right === 0 ? "onlyNegative" : wrong === 0 ? "onlyPositive" : "paired"]++;
  const group = {
    id,
    ...rest,
    prompt: promptOf(question, task),
    ...defined({ reference }),
    answer,
    ...defined({ ranking }),
    candidates: ranking === undefined ? judged : withRanks(question, judged, task, ranking),
  };
  if (counts.pairedByRank !== undefined && pairedByRank(group)) counts.pairedByRank++;
  return group;
}

function judgeSample(
  question: Question,
  sample: Candidate,
  { task, extract, label }: Judging,
): JudgedCandidate {
  const { questionId: _id, index, text, ...rest } = sample;
  const tooLong = text.length > longestJudged;
  const byMode = tooLong ? undefined : extractBoth(task, text, question);
  const outcome: Outcome = byMode?.[extract] ?? { extracted: null, correct: false, noAnswer: "too long" };
  const steps = tooLong ? undefined : task.checkSteps?.(question, text);
  const { extracted, correct, noAnswer, unread } = outcome;
  const isBySteps = label === "answer-and-steps";
  return {
    ...rest,
    index,
    text,
    extracted,
    correct: isBySteps ? correct && steps?.valid === true : correct,
    ...(isBySteps ? { answerCorrect: correct } : {}),
    ...(isBySteps && correct && steps === undefined ? { unchecked: "steps" } : {}),
    ...defined({
      noAnswer,
      unread,
      byMode,
      stepsValid: steps?.valid,
      firstWrongStep: steps?.firstError,
      score: scoreOf(sample) as number | undefined,
    }),
  };
}

function count(candidate: JudgedCandidate, counts: JudgeCounts): void {
  const { correct, extracted, noAnswer, stepsValid, answerCorrect = correct } = candidate;
  const byMode = candidate.byMode as ReturnType<typeof extractBoth> | undefined;
  if (correct) counts.correct++;
  else if (isUnchecked(candidate) && extracted !== null) counts.stepsUnread!++;
  else if (extracted !== null) counts.wrong++;
  else counts.noAnswer++;
  if (noAnswer === "unparsed") counts.unparsed++;
  if (noAnswer === "ambiguous") counts.ambiguous++;
  if (extracted !== null && candidate.unread !== undefined) counts.partlyRead++;
  if (noAnswer === "too long") counts.tooLong++;
  if (noAnswer === "time limit") counts.timeLimit++;
  if (byMode?.strict.correct === true) counts.correctStrict++;
  if (byMode?.flexible.correct === true) counts.correctFlexible++;
  if (counts.rightAnswerWrongSteps !== undefined && answerCorrect && stepsValid === false)
    counts.rightAnswerWrongSteps++;
  if (counts.wrongAnswerRightSteps !== undefined && !answerCorrect && extracted !== null && stepsValid)
    counts.wrongAnswerRightSteps++;
}
