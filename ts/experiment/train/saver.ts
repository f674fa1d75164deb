/** When a training's state is saved, from which it goes on after a kill. */
import type { Worker } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { resumeStateIn } from "./files.ts";

const secondsBetween = 120;
/** Saving may hold the training up for one part in so many of its time. */
const mostOfTime = 50;

export interface SaverOptions {
  worker: Pick<Worker, "request">;
  /** The worker's name for the training. */
  run: string;
  directory: string;
  /** Steps between two states; 0: none; undefined: by time. */
  saveEvery: number | undefined;
  label: string;
  progress: ProgressSink;
}

/** Saves every so many steps, or where that is not given by time, in the background and as seldom as it must to be cheap. */
export class Saver {
  private readonly options: SaverOptions;
  private savedAt: number;
  private dueAt = performance.now() + secondsBetween * 1000;
  private hasFailed = false;

  /** @param stepsBefore done, and saved already */
  constructor(options: SaverOptions, stepsBefore: number) {
    this.options = options;
    this.savedAt = stepsBefore;
  }

  /** Whether a state is to be saved once this step is done. */
  isDueAfter(step: number): boolean {
    const { saveEvery } = this.options;
    if (step <= this.savedAt) return false;
    if (saveEvery === undefined) return performance.now() >= this.dueAt;
    return saveEvery > 0 && step % saveEvery === 0;
  }

  /** A due state; all steps up to this one are done and recorded. */
  async saveDue(step: number): Promise<void> {
    if (this.options.saveEvery !== undefined) return this.save(step);
    const { worker, run, label, progress } = this.options;
    const started = performance.now();
    const directory = resumeStateIn(this.options);
    const { failed } = await worker.request("train/save", { run, directory, background: true });
    const ended = performance.now();
    this.savedAt = step;
    this.dueAt = ended + Math.max(secondsBetween * 1000, (ended - started) * (mostOfTime - 1));
    if (failed !== undefined && !this.hasFailed) {
      this.hasFailed = true;
      progress.note(`${label}: no state could be saved from which a killed run would go on: ${failed}`);
    }
  }

  /** A state of the present, in its place when this resolves. */
  async save(step: number): Promise<void> {
    const { worker, run } = this.options;
    await worker.request("train/save", { run, directory: resumeStateIn(this.options) });
    this.savedAt = step;
  }
}
