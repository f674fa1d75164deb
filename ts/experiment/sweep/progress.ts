/** How far a sweep is, for whom it is shown to. */
import type { ProgressSink } from "../../core/progress.ts";
import type { StageEvent } from "../run/runner.ts";
import type { PlannedCell } from "./plan.ts";
import { remainingSeconds, StageTimes } from "./remaining.ts";
import type { Outcome } from "./results.ts";

/** What a running cell is at. */
export interface CellState {
  cell: string;
  /** `align aft-bc seed 1`; empty before the first. */
  stage: string;
  /** Its place among the cell's stages. */
  at: number;
  of: number;
  /** Another cell, or another aft, is making it. */
  waits: boolean;
}

export interface Overview {
  sweep: string;
  total: number;
  done: number;
  failed: number;
  running: CellState[];
  /** undefined until every kind of stage that is missing has been made once. */
  secondsLeft(): number | undefined;
}

/** Where a sweep reports to: its own sink for what concerns no cell, and one for each cell. */
export interface SweepWatch extends ProgressSink {
  progressOf(cell: string): ProgressSink;
  changed(overview: Overview): void;
  /** A cell's stage was made. */
  made(cell: string, stage: string, at: number, of: number, seconds: number): void;
  /** A cell is done, or has failed with this error. */
  ended(cell: string, seconds: number, error?: string): void;
}

interface Parts {
  sweep: string;
  cells: readonly PlannedCell[];
  there: ReadonlySet<string>;
  outcomes: ReadonlyMap<string, Outcome>;
  jobs: number;
  watch: SweepWatch;
}

export class SweepState {
  private readonly parts: Parts;
  private readonly states = new Map<PlannedCell, CellState>();
  private readonly times = new StageTimes();

  constructor(parts: Parts) {
    this.parts = parts;
    this.tell();
  }

  running(): Iterable<PlannedCell> {
    return this.states.keys();
  }

  begin(cell: PlannedCell): void {
    this.states.set(cell, { cell: cell.cell, stage: "", at: 0, of: cell.stages.length, waits: false });
    this.tell();
  }

  stage(cell: PlannedCell, { kind, label, stage, at, of, artefact }: StageEvent): void {
    this.states.set(cell, { cell: cell.cell, stage: label, at, of, waits: kind === "begin" });
    if (kind === "end" && artefact !== undefined && !artefact.reused) {
      const { seconds } = artefact.manifest;
      this.times.add(stage, seconds);
      this.parts.watch.made(cell.cell, label, at, of, seconds);
    }
    this.tell();
  }

  end(cell: PlannedCell, seconds: number, error?: string): void {
    this.states.delete(cell);
    this.parts.watch.ended(cell.cell, seconds, error);
    this.tell();
  }

  /** Nothing runs any more. */
  close(): void {
    this.states.clear();
    this.tell();
  }

  private tell(): void {
    const { sweep, cells, there, outcomes, jobs, watch } = this.parts;
    const all = [...outcomes.values()];
    const unfinished = cells.filter(({ cell }) => !outcomes.has(cell));
    watch.changed({
      sweep,
      total: cells.length,
      done: all.filter(({ summary }) => summary !== undefined).length,
      failed: all.filter(({ error }) => error !== undefined).length,
      running: [...this.states.values()],
      secondsLeft: () => remainingSeconds(unfinished, there, this.times, jobs),
    });
  }
}
