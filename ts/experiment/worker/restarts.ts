/** A worker that is lost is started again, and what it was at goes on from what is recorded. */
import { isWorkerFailure, WorkerLost } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { sumOf } from "../../core/sum.ts";
import type { LazyWorker } from "./lazy-worker.ts";
import { type Limits, limitsAfter } from "./limits.ts";

/** In a run, whatever its length: what fails more often has a cause that somebody should look at. */
const mostRestarts = 3;

/** Of one run. */
export class Restarts {
  private readonly lost: { label: string; how: string }[] = [];
  private readonly workers: Pick<LazyWorker, "replace">;
  private readonly progress: ProgressSink;
  private readonly signal: AbortSignal;

  constructor(workers: Pick<LazyWorker, "replace">, progress: ProgressSink, signal: AbortSignal) {
    this.workers = workers;
    this.progress = progress;
    this.signal = signal;
  }

  /**
   * Does work that can be broken off anywhere and goes on when it is called again, as a stage in its folder does. The
   * error stands where the worker is lost a second time without more having been done, as the same would happen again, and
   * where it was lost too often; any other error stands at once. Where memory ran out in a rank without which the others
   * cannot go on, all begin anew with less at once, for as long as less would do.
   * @param work reports to the sink that it is given, by which it is seen how far it comes
   */
  async outlive<T>(
    label: string,
    progress: ProgressSink,
    work: (progress: ProgressSink) => Promise<T>,
  ): Promise<T> {
    const most = new Map<string, number>();
    const watched: ProgressSink = {
      note: (text) => progress.note(text),
      update(update) {
        most.set(update.label, Math.max(update.done, most.get(update.label) ?? 0));
        progress.update(update);
      },
      end: (label) => progress.end(label),
    };
    let doneBefore = -1;
    while (true) {
      try {
        return await work(watched);
      } catch (error) {
        // One that is lost after Ctrl-C, in the middle of saving say, is what was asked for.
        if (this.signal.aborted) throw error instanceof WorkerLost ? this.signal.reason : error;
        const limits = isWorkerFailure(error, "OutOfMemory") ? limitsAfter(error) : undefined;
        if (limits !== undefined) {
          const how = error instanceof Error ? error.message.split("\n", 1)[0] : "";
          const less = `all ranks are started again, with ${Object.values(limits)[0]} at once, which changes no result`;
          await this.startAgain(`${label}: ${how}; ${less}`, limits);
          continue;
        }
        if (!(error instanceof WorkerLost)) throw error;
        const done = sumOf([...most.values()], (value) => value);
        const isStuck = done <= doneBefore;
        if (isStuck || this.lost.length >= mostRestarts) throw error;
        doneBefore = done;
        this.lost.push({ label, how: error.how });
        const count = `restart ${this.lost.length} of at most ${mostRestarts} in a run`;
        await this.startAgain(
          `${label}: the worker ${error.how}; it is started again, and goes on from what is recorded (${count})`,
        );
      }
    }
  }

  private async startAgain(why: string, limits?: Limits): Promise<void> {
    this.progress.note(why);
    await this.workers.replace(limits);
    this.signal.throwIfAborted();
  }

  /** At the run's end: how often it came to that, and where. */
  summarize(): void {
    if (this.lost.length === 0) return;
    const times = this.lost.length === 1 ? "once" : `${this.lost.length} times`;
    const places = this.lost.map(({ label, how }) => `${label} (${how})`);
    this.progress.note(`the worker was started again ${times} in this run: ${places.join(", ")}`);
  }
}
