import { type Params, type Worker, WorkerLost } from "../../bridge/index.ts";
import { messageOf } from "../../core/errors.ts";
import type { Values } from "./values.ts";

type Points = Params<"track/log">["points"];

/**
 * Sends one tracker its points in order, and waits for nothing: what comes while a message is under way goes with the
 * next one. `failed` is called once, and then nothing more is sent.
 */
export class Sender {
  private readonly worker: Worker;
  private readonly tracker: string;
  private readonly failed: (why: string) => void;
  private waiting: Points = [];
  private sending: Promise<void> | undefined;
  private over = false;

  constructor(worker: Worker, tracker: string, failed: (why: string) => void) {
    this.worker = worker;
    this.tracker = tracker;
    this.failed = failed;
  }

  log(step: number, values: Values): void {
    if (this.over || Object.keys(values).length === 0) return;
    this.waiting.push({ step, values });
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
    });
  }

  /** Resolves when everything is delivered, or the worker gives it up. Never rejects. */
  async close(): Promise<void> {
    await this.sending;
    await this.ask(() => this.worker.request("track/close", { tracker: this.tracker }));
    this.over = true;
  }

  private async send(): Promise<void> {
    // The points of a loop that does not wait are all there before the first message goes.
    await Promise.resolve();
    while (this.waiting.length > 0 && !this.over) {
      const points = this.waiting;
      this.waiting = [];
      await this.ask(() => this.worker.request("track/log", { tracker: this.tracker, points }));
    }
  }

  private async ask(request: () => Promise<{ failed?: string | undefined }>): Promise<void> {
    try {
      const { failed } = await request();
      if (failed !== undefined) this.giveUp(failed);
    } catch (error) {
      // The death of the worker is the training's to tell.
      if (error instanceof WorkerLost) this.over = true;
      else this.giveUp(messageOf(error));
    }
  }

  private giveUp(why: string): void {
    if (!this.over) this.failed(why);
    this.over = true;
    this.waiting = [];
  }
}
