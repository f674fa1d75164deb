import { Alike } from "../core/alike.ts";
import { inputError, type Problem } from "../core/errors.ts";
import type { Row } from "../core/jsonl.ts";

/** Kinds of mistakes that are named, each with its places, before the rest are only counted. */
export const mostNamed = 20;

/**
 * Refuses input with everything that is wrong with it, each kind of mistake told once. Of problems given as functions only
 * the first are worked out: a nearest name takes a while. `count`: of all, where only the first were kept.
 */
export function refuse(problems: readonly (Problem | (() => Problem))[], count = problems.length): void {
  if (count === 0) return;
  const known = problems.every((problem) => typeof problem === "object")
    ? problems
    : problems.slice(0, mostNamed).map((problem) => (typeof problem === "function" ? problem() : problem));
  const alike = new Alike(mostNamed);
  for (const problem of known) alike.add(problem);
  const more = count - known.length + alike.left;
  throw inputError([...alike.problems(), ...(more > 0 ? [{ what: `and ${more} more mistakes` }] : [])]);
}

/** A problem for each row whose key an earlier row has. */
export function repeats<T>(rows: readonly Row<T>[], keyOf: (value: T) => string, what: string): Problem[] {
  const first = new Map<string, string>();
  return rows.flatMap(({ value, where }) => {
    const key = keyOf(value);
    const before = first.get(key);
    if (before === undefined) first.set(key, where);
    return before === undefined
      ? []
      : [{ what, where, found: key, expected: `another than that of ${before}` }];
  });
}

/** Items by key, in the order in which keys first occur. */
export function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
