/** Answers that are stated in a form which the rule does not understand. */
import { Column, TextTable } from "../../core/columns.ts";
import type { Group } from "../../core/records.ts";

/** One such answer, its beginning. */
export interface NotUnderstood {
  stated: string;
  times: number;
  /** Where it was met first. */
  questionId: string;
}

/** Each different one once, with how often it was met. */
export class Unread {
  readonly #stated = new TextTable();
  readonly #times = new Column(Float64Array);
  readonly #questions = new TextTable();
  readonly #firstIn = new Column(Uint32Array);

  add({ id, candidates }: Group): void {
    for (const { unread, noAnswer } of candidates)
      if (typeof unread === "string" && noAnswer !== "ambiguous")
        this.#count({ stated: unread, times: 1, questionId: id });
  }

  /** What was found in a later part. */
  addAll(found: readonly NotUnderstood[]): void {
    for (const one of found) this.#count(one);
  }

  /** In the order in which they were met. */
  all(): NotUnderstood[] {
    return Array.from(this.#times.values, (_, number) => this.#at(number));
  }

  /** The most frequent first; equally frequent ones as they were met. */
  mostFrequent(count = this.#stated.size): NotUnderstood[] {
    const times = this.#times.values;
    const order = Uint32Array.from(times, (_, number) => number);
    order.sort((a, b) => times[b]! - times[a]! || a - b);
    return Array.from(order.subarray(0, count), (number) => this.#at(number));
  }

  #count({ stated, times, questionId }: NotUnderstood): void {
    const number = this.#stated.add(stated);
    if (number < this.#times.size) {
      this.#times.set(number, this.#times.at(number) + times);
      return;
    }
    this.#times.push(times);
    this.#firstIn.push(this.#questions.add(questionId));
  }

  #at(number: number): NotUnderstood {
    const questionId = this.#questions.at(this.#firstIn.at(number));
    return { stated: this.#stated.at(number), times: this.#times.at(number), questionId };
  }
}
