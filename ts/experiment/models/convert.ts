/** A GGUF file made a model folder, by a worker. */
import { resolve } from "node:path";
import { ensureGguf, type Result, startWorker, type Worker } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import type { ProgressSink } from "../../core/progress.ts";

export type Converted = Result<"model/convert">;

/** By a worker that is there; its Python must have the package gguf by now. */
export const convertOn = (
  worker: Worker,
  { file, directory }: { file: string; directory: string },
  signal?: AbortSignal,
): Promise<Converted> =>
  worker.request(
    "model/convert",
    { source: resolve(file), directory: resolve(directory) },
    defined({ signal }),
  );

/** By a worker of its own. */
export async function convertGguf(
  places: { file: string; directory: string },
  options: { python?: string | undefined; progress: ProgressSink; signal: AbortSignal },
): Promise<Converted> {
  const { signal } = options;
  const python = await ensureGguf(options);
  const worker = await startWorker({ transport: "stdio", python, signal });
  try {
    return await convertOn(worker, places, signal);
  } finally {
    await worker.close();
  }
}
