import { delimiter } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { MessageReader, MessageWriter } from "vscode-jsonrpc";
import type { Exit } from "./errors.ts";

/** What carries the messages to one worker process. */
export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** 0 when no process could be started: then `exited` says why. */
  readonly pid: number;
  /** Resolves, never rejects, when the process has gone. */
  readonly exited: Promise<Exit>;
  /** Asks the process to go; it goes at once, in mid-computation too. */
  end(): void;
  kill(): void;
}

export interface LaunchOptions {
  python: string;
  threads?: number | undefined;
  env?: Readonly<Record<string, string | undefined>> | undefined;
  onStderr?: ((line: string) => void) | undefined;
}

/** The folder that holds `aft_worker`. */
const pythonRoot = fileURLToPath(new URL("../../py", import.meta.url));

/** Our `aft_worker` comes before one that a user's PYTHONPATH may hold. */
export function workerEnvironment(options: LaunchOptions): Record<string, string | undefined> {
  const given = options.env?.PYTHONPATH ?? process.env.PYTHONPATH;
  return {
    ...options.env,
    PYTHONPATH: given === undefined || given === "" ? pythonRoot : `${pythonRoot}${delimiter}${given}`,
    PYTHONUNBUFFERED: "1",
  };
}

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
