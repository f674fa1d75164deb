/** Pieces of work that are sent one after another, some of them under way at once. */

export function* chunks<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}

/**
 * Runs `work` over the items with at most `atOnce` under way. The first failure stops new ones; it is thrown
 * once those under way have ended, so that nothing still writes when the caller cleans up.
 */
export async function inTurn<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (const item of items) {
    if (failures.length > 0) break;
    const attempt: Promise<void> = work(item)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => running.delete(attempt));
    running.add(attempt);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
