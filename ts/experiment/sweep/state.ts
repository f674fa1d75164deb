/** How far a sweep is: what its cells have come to, what runs, and what is told of it. */
import { describeError, failure } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { ExpectedSeconds } from "../run/forecast.ts";
import { LiveForecast } from "../run/live-forecast.ts";
import type { StageEvent } from "../run/stage-event.ts";
import type { PlannedCell, PlannedSweep } from "./plan.ts";
import { errorInOneLine, type Outcome } from "./results.ts";
import { missingStages, nextCell } from "./schedule.ts";

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
  /** undefined while there is a kind of stage that is missing and of which nothing is known. */
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
  /** What the stages take by an estimate. */
  expected?: ExpectedSeconds | undefined;
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
  /** Of the whole sweep. */
  readonly forecast: LiveForecast;

  constructor(options: SweepStateOptions) {
    this.options = options;
    this.outcomes = options.outcomes;
    this.waiting = options.cells.filter(({ cell }) => !options.outcomes.has(cell));
    this.jobs = Math.min(options.jobs, this.waiting.length);
    this.forecast = new LiveForecast({
      name: "sweep",
      missing: () => missingStages(this.unfinished, options.there),
      jobs: () => Math.min(this.jobs, this.unfinished.length),
      expected: options.expected,
    });
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

  private get unfinished(): PlannedCell[] {
    return this.options.cells.filter(({ cell }) => !this.outcomes.has(cell));
  }

  /** Throws where the stage failed in another cell of this call; the next call tries it again. */
  stage(planned: PlannedCell, event: StageEvent): void {
    const { kind, key, label, at, total: stageCount, artefact } = event;
    const { there, progress, signal } = this.options;
    const { cell } = planned;
    if (kind === "end") there.add(key);
    if (kind === "fail" && !signal.aborted && !this.failedIn.has(key)) this.failedIn.set(key, cell);
    const failedIn = this.failedIn.get(key);
    if ((kind === "begin" || kind === "make") && failedIn !== undefined)
      throw failure({ what: `not tried again: it failed in the cell ${failedIn}`, where: label });
    this.forecast.stage(event);
    const running = { cell, stage: label, position: at, stageCount, waits: kind === "begin" };
    this.running.set(planned, running);
    if (kind === "end" && artefact !== undefined && !artefact.reused) {
      progress.made(running, artefact.manifest.seconds);
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
    const { sweep, cells, progress } = this.options;
    const outcomes = [...this.outcomes.values()];
    progress.changed({
      sweep,
      total: cells.length,
      done: outcomes.filter(({ summary }) => summary !== undefined).length,
      failed: outcomes.filter(({ error }) => error !== undefined).length,
      running: [...this.running.values()],
      secondsLeft: () => this.forecast.secondsLeft(),
    });
  }
}
