import { inputError, type Problem } from "../core/errors.ts";

/** Mistakes that are named, each with its place, before the rest are only counted. */
const mostNamed = 20;

/** Refuses input with everything that is wrong with it. Only what is shown is worked out: a nearest name takes a while. */
export function refuse(problems: readonly (() => Problem)[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostNamed).map((problem) => problem());
  const more = problems.length - shown.length;
  throw inputError(more > 0 ? [...shown, { what: `and ${more} more mistakes of these kinds` }] : shown);
}
