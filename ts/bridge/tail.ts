/** What a process writes: its last lines. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const linesKept = 20;

/** The last lines of a stream of text, each also given to `onLine`. */
export interface Tail {
  readonly lines: readonly string[];
  follow(stream: Readable): void;
  /** Resolves when the followed stream has ended. */
  ended(): Promise<unknown>;
}

export function tailOf(onLine: ((line: string) => void) | undefined): Tail {
  const lines: string[] = [];
  let ended: Promise<unknown> = Promise.resolve();
  return {
    lines,
    follow(stream) {
      const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      reader.on("line", (line) => {
        lines.push(line);
        if (lines.length > linesKept) lines.shift();
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
