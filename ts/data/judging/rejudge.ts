import type { Question } from "../../core/records.ts";
import type { ExtractMode } from "../answers/index.ts";
import type { Task } from "../task.ts";
import type { Gathering } from "./gather.ts";
import { Judging } from "./judge.ts";

/** An answered question: what is needed to judge it anew, and how it was judged. */
export interface Answered {
  questionId: string;
  question: string;
  text: string;
  answer: string;
  extracted: string | null;
  correct: boolean;
}

type Judged = Pick<Answered, "extracted" | "correct">;

type Rejudged<T> = T & { byMode: Record<ExtractMode, Judged> };

/**
 * Judges answers anew from their texts, one by one, by both of the task's rules; `extracted` and `correct` are those of
 * `extract`. Other fields stay as they are, and are the question's where a task's rule looks at more than its text (its
 * `choices`).
 */
export class Rejudging {
  readonly #task: Task;
  readonly #extract: ExtractMode;
  readonly #judging: Judging;
  readonly #gathering: Gathering;

  constructor(task: Task, extract: ExtractMode) {
    this.#task = task;
    this.#extract = extract;
    this.#judging = new Judging({ task, extract });
    this.#gathering = this.#judging.gathering();
  }

  judge<T extends Answered>(answered: T): Rejudged<T> {
    const question: Question = { ...(answered as Answered), id: answered.questionId, task: this.#task.name };
    const candidate = { questionId: answered.questionId, index: 0, text: answered.text };
    this.#gathering.question(question, () => undefined);
    this.#gathering.candidate(candidate, () => undefined);
    const group = this.#judging.group(question, [candidate])!;
    const judged = group.candidates[0]!.byMode as Record<ExtractMode, Judged> | undefined;
    const byMode = { strict: outcomeOf(judged?.strict), flexible: outcomeOf(judged?.flexible) };
    return { ...answered, ...byMode[this.#extract], byMode };
  }

  /** When all are judged. @throws inputError with what does not fit together, as of a question that comes twice */
  check(): void {
    this.#gathering.check(() => undefined);
  }
}

/** What was too long to be looked at has no answer by either rule. */
const outcomeOf = ({ extracted, correct }: Judged = { extracted: null, correct: false }): Judged => ({
  extracted,
  correct,
});
