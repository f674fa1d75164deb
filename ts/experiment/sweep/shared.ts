import { failure } from "../../core/errors.ts";
import type { StageEvent } from "../run/runner.ts";

/** What cells share: stages that are there, and stages that failed, which the other cells need not try again. */
export class SharedStages {
  private readonly there: Set<string>;
  /** By key: the cell that it failed in. */
  private readonly failed = new Map<string, string>();

  constructor(there: Set<string>) {
    this.there = there;
  }

  /** Throws where the stage failed in another cell of this call; the next call tries it again. */
  check({ kind, key, label }: StageEvent, cell: string, signal: AbortSignal): void {
    if (kind === "end") this.there.add(key);
    if (kind === "fail" && !signal.aborted && !this.failed.has(key)) this.failed.set(key, cell);
    const before = this.failed.get(key);
    if ((kind === "begin" || kind === "make") && before !== undefined)
      throw failure({ what: `not tried again: it failed in the cell ${before}`, where: label });
  }
}
