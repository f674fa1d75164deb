/** Candidates put to their questions, and everything that does not fit together. */
import { nearestName, type Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import type { Candidate, Question } from "../../core/records.ts";
import { type Ranking, rankingProblem } from "../groups/ranking.ts";
import { refuse } from "../problems.ts";
import type { Task } from "../task.ts";
import { canRank } from "./steps-needed.ts";

/** Records as they are, or with their place in a file, which errors then name. */
export type Records<T extends object> = readonly (T | Row<T>)[];

/** The candidates of each question, or one error with everything that does not fit together. */
export function gather(
  questions: Records<Question>,
  candidates: Records<Candidate>,
  task: Task,
  ranking: Ranking | undefined,
): Map<string, Candidate[]> {
  const samples = new Map<string, Candidate[]>();
  const problems: (() => Problem)[] = [];
  for (const record of questions) {
    const question = recordOf(record);
    const { id, task: name, answer } = question;
    const where = whereOf(record);
    if (samples.has(id))
      problems.push(() => ({ what: "field id: this question id comes twice", where, found: id }));
    if (name !== task.name)
      problems.push(() => ({
        what: "field task: a question of another task",
        where,
        found: name,
        expected: `${task.name}, or a task with the setting name: ${name}`,
      }));
    // What is not equal to itself was not understood: every COT would be wrong.
    else if (!task.sameAnswer(answer, answer))
      problems.push(() => ({
        what: "field answer: not understood as an answer of this task",
        where,
        found: answer,
        expected: `an answer as the task's rule finds one: ${task.patterns.strict}`,
      }));
    else if (ranking === "steps" && !canRank(task, question))
      problems.push(() => ({
        what: "the COTs of this question cannot be ranked: it lacks what their steps are checked by",
        where,
        found: id,
        expected: `a question as the task ${task.name} makes it, or binary feedback`,
      }));
    else if (typeof ranking === "object" && ranking.reference && question.reference === undefined)
      problems.push(() => ({
        what: "missing field reference: the ranking puts the reference COT first",
        where,
        expected: "a reference COT in every question",
      }));
    samples.set(id, []);
  }
  const taken = new Map<string, Set<number>>();
  for (const record of candidates) {
    const candidate = recordOf(record);
    const { questionId, index } = candidate;
    const where = whereOf(record);
    const sampled = samples.get(questionId);
    const indices = taken.get(questionId) ?? new Set();
    if (sampled === undefined) problems.push(() => unknownQuestion(questionId, where, samples));
    else if (indices.has(index))
      problems.push(() => ({
        what: `field index: a second candidate ${index} of question ${JSON.stringify(questionId)}`,
        where,
        found: index,
        expected: "each index once within its question",
      }));
    else sampled.push(candidate);
    const unranked = ranking === undefined ? undefined : rankingProblem(candidate, ranking);
    if (unranked !== undefined) problems.push(() => ({ ...unranked, where }));
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
export const recordOf = <T extends object>(record: T | Row<T>): T => (isRow(record) ? record.value : record);
const whereOf = <T extends object>(record: T | Row<T>): string | undefined =>
  isRow(record) ? record.where : undefined;

/**
 * The candidates of several models as one list: each carries its generator, its row's own or its file's name, and those
 * of a later file are numbered on after those of the files before it, question by question.
 */
export function mergeGenerators(
  files: readonly { generator: string; rows: readonly Row<Candidate>[] }[],
): Row<Candidate>[] {
  const next = new Map<string, number>();
  return files.flatMap(({ generator, rows }) => {
    const before = new Map(next);
    return rows.map(({ value, where }) => {
      const index = value.index + (before.get(value.questionId) ?? 0);
      next.set(value.questionId, Math.max(next.get(value.questionId) ?? 0, index + 1));
      return { where, value: { ...value, generator: value.generator ?? generator, index } };
    });
  });
}
