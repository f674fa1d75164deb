/** What a process writes: its last lines. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Of a process alone, and of what an agent says of its ranks. */
const linesKept = 20;
/** Of each of several ranks, which write into one stream; fewer where there are many. */
const linesOfRank = 8;
const linesOfRanks = 128;

const rankOf = (line: string): string | undefined => /^\[rank \d+ on \S+\]/.exec(line)?.[0];

/** The last lines of a stream of text, each also given to `onLine`. */
export interface Tail {
  /** In the order in which they came; of each rank its own last ones, whatever the others write. */
  readonly lines: readonly string[];
  follow(stream: Readable): void;
  /** Resolves when the followed stream has ended. */
  ended(): Promise<unknown>;
}

export function tailOf(onLine: ((line: string) => void) | undefined): Tail {
  const kept: { rank: string | undefined; line: string }[] = [];
  const counts = new Map<string | undefined, number>();
  const keep = (line: string): void => {
    const rank = rankOf(line);
    kept.push({ rank, line });
    const count = (counts.get(rank) ?? 0) + 1;
    const most =
      rank === undefined
        ? linesKept
        : Math.max(2, Math.min(linesOfRank, Math.floor(linesOfRanks / counts.size)));
    if (count > most)
      kept.splice(
        kept.findIndex((one) => one.rank === rank),
        1,
      );
    counts.set(rank, Math.min(count, most));
  };
  let ended: Promise<unknown> = Promise.resolve();
  return {
    get lines() {
      return kept.map(({ line }) => line);
    },
    follow(stream) {
      const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      reader.on("line", (line) => {
        keep(line);
        onLine?.(line);
      });
      ended = new Promise((resolve) => reader.once("close", resolve));
    },
    ended: () => ended,
  };
}

const drainMs = 250;

/** Waits for what a dead process left in its pipes, but not long: a grandchild may hold them open. */
export async function drained(...streams: Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, drainMs);
  });
  await Promise.race([Promise.all(streams), limit]);
  clearTimeout(timer);
}
