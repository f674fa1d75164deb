import type { Label } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { Row } from "../../core/jsonl.ts";
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
import { countCandidate, type JudgeCounts, longestJudged, noCounts } from "./counts.ts";
import { Gathering } from "./gather.ts";
import { checkLabel, checkRanking } from "./steps-needed.ts";

export type { Label } from "../../config/index.ts";

/** Records as they are, or with their place in a file, which errors then name. */
export type Records<T extends object> = readonly (T | Row<T>)[];

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
 * Judges each candidate by its final answer. Groups come in the questions' order and keep every sample, copies
 * too, by index; fields that are not known here pass through. A candidate of an unknown question, a
 * (questionId, index) or question id that comes twice, a question of another task and what cannot be ranked as asked
 * (ranked feedback) are input errors, all reported together. Time is linear in the texts.
 */
export function judge(
  questions: Records<Question>,
  candidates: Records<Candidate>,
  options: JudgeOptions,
): { groups: Group[]; counts: JudgeCounts } {
  const judging = new Judging(options);
  const gathering = judging.gathering();
  for (const record of questions) gathering.question(recordOf(record), () => whereOf(record));
  for (const record of candidates) gathering.candidate(recordOf(record), () => whereOf(record));
  gathering.check((number) => whereOf(candidates[number]!));
  const groups = questions.flatMap((record, at) => {
    const sampled = Array.from(gathering.candidatesOf(at), (number) => recordOf(candidates[number]!));
    return judging.group(recordOf(record), sampled) ?? [];
  });
  return { groups, counts: judging.counts };
}

/** A record carries an id or a questionId at its top; a row carries its place instead. */
const isRow = <T extends object>(record: T | Row<T>): record is Row<T> =>
  "value" in record && "where" in record && !("id" in record) && !("questionId" in record);
const recordOf = <T extends object>(record: T | Row<T>): T => (isRow(record) ? record.value : record);
const whereOf = <T extends object>(record: T | Row<T>): string | undefined =>
  isRow(record) ? record.where : undefined;

/** Judges questions one by one, and counts. */
export class Judging {
  readonly counts: JudgeCounts;
  readonly #task: Task;
  readonly #extract: ExtractMode;
  readonly #isBySteps: boolean;
  /** undefined: binary feedback. */
  readonly #ranking: Ranking | undefined;

  /** @throws inputError where the task cannot rank, or label, as it is asked to */
  constructor({ task, extract, feedback = "binary", ranking = "steps", label = "answer" }: JudgeOptions) {
    this.#task = typeof task === "string" ? taskNamed(task) : task;
    this.#extract = extract;
    this.#isBySteps = label === "answer-and-steps";
    this.#ranking = feedback === "ranked" ? ranking : undefined;
    if (this.#ranking === "steps") checkRanking(this.#task);
    if (this.#isBySteps) checkLabel(this.#task);
    this.counts = noCounts(this.#task, { bySteps: this.#isBySteps, ranked: this.#ranking !== undefined });
  }

  gathering(): Gathering {
    return new Gathering(this.#task, this.#ranking);
  }

  /** @param samples by their index; without one there is no group */
  group(question: Question, samples: readonly Candidate[]): Group | undefined {
    const counts = this.counts;
    counts.questions++;
    counts.candidates += samples.length;
    if (samples.length > 0) return this.#judged(question, samples);
    counts.withoutCandidates++;
    return undefined;
  }

  #judged(question: Question, samples: readonly Candidate[]): Group {
    const { id, question: _text, reference, answer, ...rest } = question;
    const { counts } = this;
    const [task, ranking] = [this.#task, this.#ranking];
    const judged = samples.map((sample) => this.#sample(question, sample));
    for (const candidate of judged) countCandidate(candidate, counts);
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

  #sample(question: Question, sample: Candidate): JudgedCandidate {
    const [task, extract, isBySteps] = [this.#task, this.#extract, this.#isBySteps];
    const { questionId: _id, index, text, ...rest } = sample;
    const tooLong = text.length > longestJudged;
    const byMode = tooLong ? undefined : extractBoth(task, text, question);
    const outcome: Outcome = byMode?.[extract] ?? { extracted: null, correct: false, noAnswer: "too long" };
    const steps = tooLong ? undefined : task.checkSteps?.(question, text);
    const { extracted, correct, noAnswer, unread } = outcome;
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
}
