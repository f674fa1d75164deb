/** How far a sweep is: what its cells have come to, what runs, and what is told of it. */
import { describeError, failure } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { StageEvent } from "../run/runner.ts";
import type { PlannedCell, PlannedSweep } from "./plan.ts";
import { errorInOneLine, type Outcome } from "./results.ts";
import { nextCell, remainingSeconds } from "./schedule.ts";

/** What a running cell is at. */
export interface RunningCell {
  cell: string;
  /** `align aft-bc seed 1`; empty before the first. */
  stage: string;
  /** Its place among the cell's stages, from 1. */
  position: number;
  stageCount: number;
  /** Another cell, or another aft, is making it. */
  waits: boolean;
}

export interface SweepOverview {
  sweep: string;
  total: number;
  done: number;
  failed: number;
  running: RunningCell[];
  /** undefined until every kind of stage that is missing has been made once. */
  secondsLeft(): number | undefined;
}

/** Where a sweep reports to: its own sink for what concerns no cell, and one for each cell. */
export interface SweepProgress extends ProgressSink {
  progressOf(cell: string): ProgressSink;
  changed(overview: SweepOverview): void;
  /** The stage that a cell is at was made. */
  made(cell: RunningCell, seconds: number): void;
  /** A cell is done, or has failed with this error. */
  ended(cell: string, seconds: number, error?: string): void;
}

interface SweepStateOptions extends Pick<PlannedSweep, "cells" | "there"> {
  sweep: string;
  /** Of the cells that were done before. */
  outcomes: Map<string, Outcome>;
  /** Cells at a time, at most. */
  jobs: number;
  progress: SweepProgress;
  signal: AbortSignal;
}

export class SweepState {
  /** By cell. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Cells at a time. */
  readonly jobs: number;
  readonly waiting: PlannedCell[];
  private readonly options: SweepStateOptions;
  private readonly running = new Map<PlannedCell, RunningCell>();
  /** By the key of a stage: the cell that it failed in. */
  private readonly failedIn = new Map<string, string>();
  private readonly times = new Map<string, number[]>();

  constructor(options: SweepStateOptions) {
    this.options = options;
    this.outcomes = options.outcomes;
    this.waiting = options.cells.filter(({ cell }) => !options.outcomes.has(cell));
    this.jobs = Math.min(options.jobs, this.waiting.length);
    this.report();
  }

  /** Takes the next cell; undefined where none waits. */
  begin(): PlannedCell | undefined {
    const cell = nextCell(this.waiting, this.running.keys(), this.options.there);
    if (cell === undefined) return undefined;
    this.waiting.splice(this.waiting.indexOf(cell), 1);
    const stageCount = cell.stages.length;
    this.running.set(cell, { cell: cell.cell, stage: "", position: 0, stageCount, waits: false });
    this.report();
    return cell;
  }

  /** Throws where the stage failed in another cell of this call; the next call tries it again. */
  stage(
    planned: PlannedCell,
    { kind, key, label, stage, at, total: stageCount, artefact }: StageEvent,
  ): void {
    const { there, progress, signal } = this.options;
    const { cell } = planned;
    if (kind === "end") there.add(key);
    if (kind === "fail" && !signal.aborted && !this.failedIn.has(key)) this.failedIn.set(key, cell);
    const failedIn = this.failedIn.get(key);
    if ((kind === "begin" || kind === "make") && failedIn !== undefined)
      throw failure({ what: `not tried again: it failed in the cell ${failedIn}`, where: label });
    const running = { cell, stage: label, position: at, stageCount, waits: kind === "begin" };
    this.running.set(planned, running);
    if (kind === "end" && artefact !== undefined && !artefact.reused) {
      const { seconds } = artefact.manifest;
      this.times.set(stage, [...(this.times.get(stage) ?? []), seconds]);
      progress.made(running, seconds);
    }
    this.report();
  }

  end(planned: PlannedCell, seconds: number, result: Pick<Outcome, "summary"> | { thrown: unknown }): void {
    const { outcomes, progress } = this.options;
    const thrown = "thrown" in result;
    outcomes.set(planned.cell, thrown ? { error: errorInOneLine(result.thrown) } : result);
    this.running.delete(planned);
    progress.ended(planned.cell, seconds, thrown ? describeError(result.thrown) : undefined);
    this.report();
  }

  /** Nothing runs any more. */
  close(): void {
    this.running.clear();
    this.report();
  }

  private report(): void {
    const { sweep, cells, there, progress } = this.options;
    const { times, jobs } = this;
    const outcomes = [...this.outcomes.values()];
    const unfinished = cells.filter(({ cell }) => !this.outcomes.has(cell));
    progress.changed({
      sweep,
      total: cells.length,
      done: outcomes.filter(({ summary }) => summary !== undefined).length,
      failed: outcomes.filter(({ error }) => error !== undefined).length,
      running: [...this.running.values()],
      secondsLeft: () => remainingSeconds({ unfinished, there, times, jobs }),
    });
  }
}
