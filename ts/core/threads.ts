/** Work in pieces that threads do side by side, its results in the order of the pieces. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type MessagePort, parentPort, type TransferListItem, Worker, workerData } from "node:worker_threads";
import { AftError, failure, type Problem } from "./errors.ts";

/** What comes of a piece; the memory of `moved` goes over without a copy. */
export interface Done<R> {
  result: R;
  moved?: readonly TransferListItem[];
}

type Answer<R> = { result: R } | { problems: readonly Problem[]; exitCode: 1 | 2 | 130 } | { bug: unknown };

/** A module that a thread begins with, by its name beside the one that starts it; compiled like that one, or not. */
export const entryBeside = (module: string, name: string): URL =>
  new URL(`./${name}${module.endsWith(".ts") ? ".ts" : ".js"}`, module);

/** Deno resolves what a thread imports otherwise. */
export const hasThreads = !("Deno" in globalThis);

/** More than these take more memory than they save time. */
const mostThreads = 8;

/** How many threads pay: one a core, each with enough to do to be worth its start; 1 is no thread beside this one. */
export function threadsFor(pieces: number, leastEach: number): number {
  if (!hasThreads) return 1;
  return Math.max(1, Math.min(availableParallelism(), mostThreads, Math.floor(pieces / leastEach)));
}

/**
 * The results of the pieces in their order. A piece that fails ends all, with its own error.
 * @param entry the module that a thread begins with: it calls {@link serve}
 * @param start what each thread is given at its beginning
 */
export async function* inThreads<J, R>(
  entry: URL,
  start: unknown,
  jobs: Iterable<J>,
  count: number,
): AsyncGenerator<R> {
  const threads: Thread<J, R>[] = [];
  const idle: Thread<J, R>[] = [];
  const waiting: ((thread: Thread<J, R>) => void)[] = [];
  const release = (thread: Thread<J, R>): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };
  const begun = (): Thread<J, R> => {
    const thread = new Thread<J, R>(entry, start);
    threads.push(thread);
    return thread;
  };
  const free = (): Thread<J, R> | Promise<Thread<J, R>> =>
    idle.pop() ?? (threads.length < count ? begun() : new Promise((resolve) => void waiting.push(resolve)));
  const done = async (job: J): Promise<R> => {
    const thread = await free();
    const result = await thread.do(job);
    release(thread);
    return result;
  };
  const ahead: Promise<R>[] = [];
  try {
    for (const job of jobs) {
      const result = done(job);
      // It is waited for in its turn.
      result.catch(() => {});
      ahead.push(result);
      // Enough that none is idle while the first is waited for.
      if (ahead.length > 2 * count) yield await ahead.shift()!;
    }
    for (const result of ahead) yield await result;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

class Thread<J, R> {
  readonly #worker: Worker;
  #settle: ((answer: Answer<R>) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  #death: unknown;

  constructor(entry: URL, start: unknown) {
    this.#worker = workerOf(entry, start);
    this.#worker.on("message", (answer: Answer<R>) => this.#settle?.(answer));
    this.#worker.on("error", (error) => this.#die(error));
    this.#worker.on("exit", (code) => this.#die(new Error(`a thread ended by itself (code ${code})`)));
  }

  async do(job: J): Promise<R> {
    if (this.#death !== undefined) throw this.#death;
    const answer = await new Promise<Answer<R>>((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
      this.#worker.postMessage(job);
    });
    if ("result" in answer) return answer.result;
    throw "bug" in answer ? answer.bug : new AftError(answer.problems, answer.exitCode);
  }

  end(): Promise<unknown> {
    return this.#worker.terminate();
  }

  #die(error: Error & { code?: unknown }): void {
    this.#death ??=
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? failure({ what: "a thread ran out of memory", fix: "NODE_OPTIONS=--max-old-space-size=4096" })
        : error;
    this.#fail?.(this.#death);
  }
}

/** Sources of a checkout are TypeScript, which a thread has to be taught to read, as `bin.mjs` teaches the main one. */
function workerOf(entry: URL, start: unknown): Worker {
  const options = { workerData: start, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 16 } };
  if (!entry.pathname.endsWith(".ts")) return new Worker(entry, options);
  const tsx = import.meta.resolve("tsx/esm/api");
  const tsconfig = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => {
    register({ tsconfig: ${JSON.stringify(tsconfig)} });
    return import(${JSON.stringify(entry.href)});
  })`;
  return new Worker(code, { ...options, eval: true });
}

/** A thread's own side: `make` gets what all threads are given and gives back what does one piece. */
export function serve<S, J, R>(make: (start: S) => (job: J) => Done<R> | Promise<Done<R>>): void {
  const port = parentPort as MessagePort;
  const work = make(workerData as S);
  port.on("message", async (job: J) => {
    try {
      const { result, moved = [] } = await work(job);
      port.postMessage({ result } satisfies Answer<R>, moved);
    } catch (error) {
      port.postMessage(
        error instanceof AftError ? { problems: error.problems, exitCode: error.exitCode } : { bug: error },
      );
    }
  });
}
