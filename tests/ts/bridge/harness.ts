import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  ensurePython,
  type Params,
  startWorker,
  type Worker,
  type WorkerOptions,
} from "../../../ts/bridge/index.ts";

export const transports = ["stdio", "pythonia"] as const;
export type TransportName = (typeof transports)[number];

export const pathTo = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Handlers that need no torch, in tests/py/fake_handlers.py. */
export async function fakeOptions(transport: TransportName): Promise<WorkerOptions> {
  return {
    transport,
    python: await ensurePython(),
    threads: 1,
    env: { AFT_HANDLERS: "fake_handlers", PYTHONPATH: pathTo("../../py") },
  };
}

export async function startFake(
  transport: TransportName,
  onStderr?: (line: string) => void,
  watched: Pick<WorkerOptions, "patience" | "onSilence" | "letGoMs" | "env"> = {},
): Promise<Worker> {
  const options = await fakeOptions(transport);
  return startWorker({ ...options, ...watched, env: { ...options.env, ...watched.env }, onStderr });
}

/** The fake does what the source says: "print", "raise", "die", ... */
export const load = (source: string): Params<"model/load"> => ({
  source,
  dtype: "auto",
  device: "cpu",
  attention: "auto",
});

/** The fake takes `milliseconds` first, with a checkpoint every five, after one empty progress. */
export const generate = (prompts: readonly string[], milliseconds = 0): Params<"generate"> => ({
  model: "model-1",
  prompts: prompts.map((prompt, at) => ({ id: `q${at}`, prompt, indices: [0] })),
  maxNewTokens: 1,
  temperature: 1,
  topP: 1,
  seed: milliseconds,
});

export const tokenizerOf = (texts: string[]): Params<"tokenizer/train"> => ({
  kind: "words",
  texts,
  directory: "/nowhere",
});

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  try {
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}

/** Whether it comes to be so in half of the time that a worker of these tests sleeps. */
export async function until(condition: () => boolean): Promise<boolean> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** What the promise rejects with; a promise that resolves is the test's failure. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
