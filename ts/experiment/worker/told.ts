import type { Worker } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";

const told = new WeakMap<Worker, Set<string>>();

/** Why a worker is slower than its device could be: each reason once. */
export function tellOnce(worker: Worker, note: string | undefined, progress: ProgressSink): void {
  const before = told.get(worker) ?? new Set();
  told.set(worker, before);
  if (note === undefined || before.has(note)) return;
  before.add(note);
  progress.note(note);
}
