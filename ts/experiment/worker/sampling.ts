import type { Params, Progress, Worker } from "../../bridge/index.ts";
import { openAppend, readJsonl } from "../../core/jsonl.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Candidate, candidateSchema } from "../../core/records.ts";

export interface SampleOptions {
  worker: Worker;
  model: string;
  prompts: readonly { id: string; prompt: string }[];
  k: number;
  /** 0: greedy. */
  temperature: number;
  topP: number;
  maxNewTokens: number;
  seed: number;
  /** Texts that end a response, which is cut before them. */
  stop?: readonly string[];
  maxTokensPerBatch: number;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** Prompts of one request: enough to batch well by length, few enough that progress and cancelling stay lively. */
const promptsPerRequest = 512;
/** Requests under way: the next one's prompts are there before the worker asks. */
const inFlight = 2;

/**
 * Samples k candidates of each prompt into an append-only file, written as they come. What the file already
 * holds is kept: a sample depends on (seed, question, index) alone, so a resumed file equals an unbroken one
 * but for the order of its lines.
 */
export async function sampleInto(
  file: string,
  options: SampleOptions,
): Promise<{ candidates: number; tokens: number }> {
  const { progress, label } = options;
  const output = await openAppend<Candidate>(file);
  try {
    const before = await readJsonl(file, candidateSchema);
    const missing = missingPrompts(options.prompts, options.k, before);
    const total = options.prompts.length * options.k;
    let done = before.length;
    let tokens = 0;
    const show = (): void =>
      progress.update({ label, done, total, unit: "candidates", from: before.length, tokens });
    show();
    await samplePrompts(missing, options, async (candidates) => {
      await output.append(candidates);
      done += candidates.length;
      for (const candidate of candidates) tokens += candidate.tokens;
      show();
    });
    return { candidates: done, tokens: tokens + sumOf(before, (candidate) => candidate.tokens ?? 0) };
  } finally {
    await output.close();
    progress.end(label);
  }
}

/** Samples these indices of these prompts; `take` gets the candidates as they come and is waited for. */
export async function samplePrompts(
  prompts: Params<"generate">["prompts"],
  options: Pick<
    SampleOptions,
    | "worker"
    | "model"
    | "temperature"
    | "topP"
    | "maxNewTokens"
    | "seed"
    | "stop"
    | "maxTokensPerBatch"
    | "signal"
  >,
  take: (candidates: Progress<"generate">["candidates"]) => void | Promise<void>,
): Promise<void> {
  const { worker, model, temperature, topP, maxNewTokens, seed, stop, maxTokensPerBatch, signal } = options;
  const ends = stop === undefined ? {} : { stop: [...stop] };
  const sampleChunk = async (some: Params<"generate">["prompts"]): Promise<void> => {
    await worker.request(
      "generate",
      { model, prompts: some, temperature, topP, maxNewTokens, seed, ...ends, maxTokensPerBatch },
      { signal, onProgress: ({ candidates }) => take(candidates) },
    );
  };
  await inTurn(chunks(prompts, promptsPerRequest), inFlight, sampleChunk);
}

/** Which (prompt, index) pairs a file of candidates lacks. */
function missingPrompts(
  prompts: SampleOptions["prompts"],
  k: number,
  before: readonly Candidate[],
): Params<"generate">["prompts"] {
  const have = new Set(before.map(({ questionId, index }) => `${index} ${questionId}`));
  return prompts.flatMap(({ id, prompt }) => {
    const indices = Array.from({ length: k }, (_, index) => index).filter(
      (index) => !have.has(`${index} ${id}`),
    );
    return indices.length > 0 ? [{ id, prompt, indices }] : [];
  });
}

export const sumOf = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0);

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
    const one: Promise<void> = work(item)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
