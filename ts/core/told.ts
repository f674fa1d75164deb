import { inputError, type Problem } from "./errors.ts";

/** Mistakes of one kind, alike in all but their place and what was found there, that are told. */
const mostOfAKind = 3;

/** Mistakes that are told, whatever their kinds. */
const mostTold = 20;

/** Mistakes as they are found: the first few of each kind are told, the rest are counted. */
export class Told {
  readonly #ofKind = new Map<string, number>();
  readonly #told: Problem[] = [];
  #count = 0;

  /** Given as a function it is worked out only where it may be told: a nearest name takes a while. */
  add(problem: Problem | (() => Problem)): void {
    this.#count++;
    if (this.#told.length === mostTold) return;
    const told = typeof problem === "function" ? problem() : problem;
    const kind = JSON.stringify([told.what, told.expected, told.fix]);
    const before = this.#ofKind.get(kind) ?? 0;
    this.#ofKind.set(kind, before + 1);
    if (before < mostOfAKind) this.#told.push(told);
  }

  /** What is told, in the order in which it was found; last how many more there are, in the caller's words. `count`: of all, where not all were added. */
  problems(more: (count: number) => string, count = this.#count): Problem[] {
    const left = count - this.#told.length;
    return left > 0 ? [...this.#told, { what: more(left) }] : this.#told;
  }

  /** Throws an input error of what is told, where there is anything. */
  refuse(more: (count: number) => string, count = this.#count): void {
    if (count > 0) throw inputError(this.problems(more, count));
  }
}
