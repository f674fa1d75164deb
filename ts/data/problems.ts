import type { Problem } from "../core/errors.ts";
import type { Row } from "../core/jsonl.ts";
import { Told } from "../core/told.ts";

/** Refuses input with what is wrong with it. `count`: of all mistakes, where only the first were kept. */
export function refuse(problems: readonly (Problem | (() => Problem))[], count = problems.length): void {
  const told = new Told();
  for (const problem of problems) told.add(problem);
  told.refuse((more) => `and ${more} more mistakes of these kinds`, count);
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
