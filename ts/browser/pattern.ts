/** Searching by a regular expression in a thread of its own: one that would take for ever is stopped, and the page stays quick. */
import { type Places, patternOf } from "./search.ts";

/** For the texts of one chunk, about a million characters. */
const mostMs = 2000;

/** In the thread: `data` holds the expression and the texts; the answer is the places of those that match. */
const threadScript = `onmessage = ({ data: { source, flags, strings } }) => {
  const sought = new RegExp(source, flags);
  postMessage(strings.flatMap((string, at) => (sought.test(string) ? [at] : [])));
};`;

export class PatternSearch {
  private readonly pattern: RegExp;
  private thread: Worker | undefined;

  /** @throws Error for what is no regular expression */
  constructor(text: string) {
    try {
      this.pattern = patternOf(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, "") : String(error);
      throw new Error(`this is no regular expression: ${reason}`);
    }
  }

  /** The places of the texts that match. */
  placesIn(strings: readonly string[]): Promise<Places> {
    this.thread ??= startThread();
    const { thread, pattern } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.close();
        reject(new Error(`this expression takes more than ${mostMs / 1000} s: make it simpler`));
      }, mostMs);
      thread.onmessage = ({ data }: MessageEvent<number[]>) => {
        clearTimeout(timer);
        resolve(new Set(data));
      };
      thread.onerror = ({ message }) => {
        clearTimeout(timer);
        reject(new Error(message || "this browser lets no page search by expressions"));
      };
      thread.postMessage({ source: pattern.source, flags: pattern.flags, strings });
    });
  }

  close(): void {
    this.thread?.terminate();
    this.thread = undefined;
  }
}

function startThread(): Worker {
  const address = URL.createObjectURL(new Blob([threadScript], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
