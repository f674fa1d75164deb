/** How judging went, in numbers. */
import { isUnchecked, type JudgedCandidate } from "../../core/records.ts";
import type { BothOutcomes } from "../answers/index.ts";
import type { Task } from "../task.ts";

/** Characters of a COT beyond which it is not looked at: its answer then counts as not found, "too long". */
export const longestJudged = 1_000_000;

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

/** What is counted depends on the task and on what is asked. */
export const noCounts = (
  task: Task,
  { bySteps, ranked }: { bySteps: boolean; ranked: boolean },
): JudgeCounts => ({
  ...{ questions: 0, candidates: 0 },
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
  ...(bySteps ? { stepsUnread: 0 } : {}),
  ...{ correctStrict: 0, correctFlexible: 0 },
  ...{ duplicates: 0, withoutCandidates: 0, onlyPositive: 0, onlyNegative: 0, paired: 0 },
  ...(task.checkSteps === undefined ? {} : { rightAnswerWrongSteps: 0, wrongAnswerRightSteps: 0 }),
  ...(ranked ? { pairedByRank: 0 } : {}),
});

/** Adds the counts of a part to those of the whole. */
export function addCounts(whole: JudgeCounts, part: JudgeCounts): void {
  for (const name of Object.keys(whole) as (keyof JudgeCounts)[]) whole[name]! += part[name]!;
}

export function countCandidate(candidate: JudgedCandidate, counts: JudgeCounts): void {
  const { correct, extracted, noAnswer, stepsValid, answerCorrect = correct } = candidate;
  const byMode = candidate.byMode as BothOutcomes | undefined;
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
