/** Candidates put to their questions, and everything that does not fit together. */
import { Column, TextTable } from "../../core/columns.ts";
import { nearestName, type Problem } from "../../core/errors.ts";
import type { Candidate, Question } from "../../core/records.ts";
import { type Ranking, rankingProblem } from "../groups/ranking.ts";
import { mostNamed, refuse } from "../problems.ts";
import type { Task } from "../task.ts";
import { canRank } from "./steps-needed.ts";

/** Where a record stands, for messages; undefined: it comes from no file. */
type Where = () => string | undefined;

const unknown = 0xffff_ffff;

/**
 * Takes all questions, then all candidates, and keeps of each its number and what tells them apart: some twenty bytes a
 * candidate, and a question's id.
 */
export class Gathering {
  readonly #task: Task;
  readonly #ranking: Ranking | undefined;
  readonly #ids = new TextTable();
  /** Of each candidate, in the order in which they came. */
  readonly #questionOf = new Column(Uint32Array);
  readonly #indexOf = new Column(Float64Array);
  /** The first that were found, each with its candidate's number from 1 (0: a question's), and how many there are. */
  readonly #problems: { at: number; problem: () => Problem }[] = [];
  #count = 0;
  /** Candidates by question and index, and where those of each question begin. */
  #order = new Uint32Array(0);
  #starts = new Uint32Array(1);

  constructor(task: Task, ranking: Ranking | undefined) {
    this.#task = task;
    this.#ranking = ranking;
  }

  question(question: Question, where: Where): void {
    const { id, task: name, answer } = question;
    const [task, ranking] = [this.#task, this.#ranking];
    const refuse = (problem: () => Problem) => this.#refuse(0, problem);
    const known = this.#ids.size;
    if (this.#ids.add(id) < known)
      refuse(() => ({ what: "field id: this question id comes twice", where: where(), found: id }));
    if (name !== task.name)
      refuse(() => ({
        what: "field task: a question of another task",
        where: where(),
        found: name,
        expected: `${task.name}, or a task with the setting name: ${name}`,
      }));
    // What is not equal to itself was not understood: every COT would be wrong.
    else if (!task.sameAnswer(answer, answer))
      refuse(() => ({
        what: "field answer: not understood as an answer of this task",
        where: where(),
        found: answer,
        expected: `an answer as the task's rule finds one: ${task.patterns.strict}`,
      }));
    else if (ranking === "steps" && !canRank(task, question))
      refuse(() => ({
        what: "the COTs of this question cannot be ranked: it lacks what their steps are checked by",
        where: where(),
        found: id,
        expected: `a question as the task ${task.name} makes it, or binary feedback`,
      }));
    else if (typeof ranking === "object" && ranking.reference && question.reference === undefined)
      refuse(() => ({
        what: "missing field reference: the ranking puts the reference COT first",
        where: where(),
        expected: "a reference COT in every question",
      }));
  }

  candidate(candidate: Candidate, where: Where): void {
    const { questionId, index } = candidate;
    const number = this.#questionOf.size;
    const question = this.#ids.find(questionId);
    if (question === undefined)
      this.#refuse(number + 1, () => ({
        what: "field questionId: no question has this id",
        where: where(),
        found: questionId,
        nearest: nearestName(questionId, [...this.#ids]),
      }));
    this.#questionOf.push(question ?? unknown);
    this.#indexOf.push(index);
    const unranked = this.#ranking === undefined ? undefined : rankingProblem(candidate, this.#ranking);
    if (unranked !== undefined) this.#refuse(number + 1, () => ({ ...unranked, where: where() }));
  }

  /**
   * When all are there: refuses what does not fit together, all of it in one error.
   * @param whereOf where the candidate of this number stands
   */
  check(whereOf: (number: number) => string | undefined): void {
    this.#sort();
    const repeated = this.#repeated();
    const twice = repeated.map((number) => ({
      at: number + 1,
      problem: (): Problem => ({
        what: `field index: a second candidate ${this.indexOf(number)} of question ${JSON.stringify(this.#ids.at(this.#questionOf.at(number)))}`,
        where: whereOf(number),
        found: this.indexOf(number),
        expected: "each index once within its question",
      }),
    }));
    const all = [...twice, ...this.#problems].sort((a, b) => a.at - b.at);
    refuse(
      all.map(({ problem }) => problem),
      repeated.length + this.#count,
    );
  }

  get questions(): number {
    return this.#ids.size;
  }

  get candidates(): number {
    return this.#questionOf.size;
  }

  /** The numbers of a question's candidates, by index. */
  candidatesOf(question: number): Uint32Array {
    return this.#order.subarray(this.#starts[question]!, this.#starts[question + 1]!);
  }

  indexOf(candidate: number): number {
    return this.#indexOf.at(candidate);
  }

  #refuse(at: number, problem: () => Problem): void {
    this.#count++;
    if (this.#problems.length < mostNamed) this.#problems.push({ at, problem });
  }

  #sort(): void {
    const questions = this.#questionOf.values;
    const starts = new Uint32Array(this.questions + 1);
    for (const question of questions) if (question !== unknown) starts[question + 1]!++;
    for (let at = 1; at < starts.length; at++) starts[at]! += starts[at - 1]!;
    const next = starts.slice();
    this.#order = new Uint32Array(starts.at(-1)!);
    for (const [number, question] of questions.entries())
      if (question !== unknown) this.#order[next[question]!++] = number;
    this.#starts = starts;
    const indices = this.#indexOf.values;
    for (let question = 0; question < this.questions; question++) {
      const mine = this.candidatesOf(question);
      const isSorted = mine.every((number, at) => at === 0 || indices[mine[at - 1]!]! <= indices[number]!);
      if (!isSorted) mine.sort((a, b) => indices[a]! - indices[b]! || a - b);
    }
  }

  /** The candidates whose index an earlier one of their question has. */
  #repeated(): number[] {
    const found: number[] = [];
    for (let question = 0; question < this.questions; question++) {
      const mine = this.candidatesOf(question);
      for (let at = 1; at < mine.length; at++)
        if (this.indexOf(mine[at]!) === this.indexOf(mine[at - 1]!)) found.push(mine[at]!);
    }
    return found;
  }
}

/** The candidates of several models as one list: those of a later file are numbered on after those of the files before it. */
export class GeneratorMerge {
  readonly #ids = new TextTable();
  /** By question: the index after the greatest so far, and what that was when the file began. */
  readonly #next = new Column(Float64Array);
  #before = new Float64Array(0);

  /** What comes from now on is another file's. */
  begin(): void {
    this.#before = this.#next.values.slice();
  }

  /** A candidate's index among those of all files. */
  indexOf({ questionId, index }: Candidate): number {
    const question = this.#ids.add(questionId);
    if (question === this.#next.size) this.#next.push(0);
    const merged = index + (this.#before[question] ?? 0);
    this.#next.set(question, Math.max(this.#next.at(question), merged + 1));
    return merged;
  }
}

/** A candidate of one of several files: it carries its generator, its row's own or its file's name. */
export const ofGenerator = (candidate: Candidate, generator: string, index: number): Candidate => ({
  ...candidate,
  generator: candidate.generator ?? generator,
  index,
});
