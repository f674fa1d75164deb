/** Runs a sweep: every cell to its report, several at a time; what cells share is made once. */
import type { CellStatus, RunSummary } from "../../analysis/index.ts";
import type { Cell, LoadedSweep } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { Interrupted } from "../../core/errors.ts";
import { unlessInterrupted } from "../../core/interrupt.ts";
import { aloneIn } from "../run/alone.ts";
import type { ExpectedSeconds } from "../run/forecast.ts";
import { runExperiment } from "../run/run.ts";
import { type Measure, runFolder } from "../run/runner.ts";
import { checkJobs, Lane, type Placement, placeOn } from "./lanes.ts";
import { missingOf, type PlannedCell, planSweep } from "./plan.ts";
import { reportSweep, type SweepReport } from "./report.ts";
import {
  finishedSummary,
  type Outcome,
  readSweepResults,
  sweepResults,
  writeSweepResults,
} from "./results.ts";
import { type SweepProgress, SweepState } from "./state.ts";

export interface SweepOptions {
  runsDirectory: string;
  /** Cells at a time. */
  jobs: number;
  progress: SweepProgress;
  signal: AbortSignal;
  /** What the stages of all cells take by an estimate. */
  expected?: ExpectedSeconds | undefined;
  /** Finds that out for one cell; called once, where it is not known and a stage turns out to be long. */
  measure?: Measure | undefined;
}

export interface CellRun extends Pick<Cell, "cell" | "settings">, Pick<Outcome, "error"> {
  status: CellStatus;
  /** Its folder. */
  run: string;
  report?: RunSummary;
}

/** The page and the table are of the whole sweep. */
export interface SweepRun extends SweepReport {
  directory: string;
  cells: CellRun[];
  /** Cells that were done before this call. */
  reused: number;
}

/**
 * Runs what is missing of a sweep. A cell that fails leaves the others going; its error is in the result. Throws
 * Interrupted when the signal stops it: what is done is kept.
 */
export async function runSweep(sweep: LoadedSweep, options: SweepOptions): Promise<SweepRun> {
  checkJobs(
    options.jobs,
    sweep.cells.map(({ experiment }) => experiment.worker),
  );
  return aloneIn(runFolder(options.runsDirectory, sweep.name), () => runAll(sweep, options));
}

async function runAll(sweep: LoadedSweep, options: SweepOptions): Promise<SweepRun> {
  const { runsDirectory, progress, signal } = options;
  const { directory, cells, there } = await planSweep(sweep, runsDirectory);
  const before = await readSweepResults(directory).catch(() => undefined);
  const outcomes = new Map<string, Outcome>();
  for (const cell of cells) {
    const summary = await finishedSummary(cell, there);
    if (summary !== undefined) outcomes.set(cell.cell, { summary });
  }
  const reused = outcomes.size;
  const state = new SweepState({ ...options, sweep: sweep.name, cells, there, outcomes });
  const lanes = Array.from({ length: state.jobs }, () => new Lane(progress, signal, runsDirectory));
  const isMissing = (cell: PlannedCell): boolean => missingOf(cell, there).length > 0;
  let written = Promise.resolve();
  const record = (): Promise<void> => {
    // One after the other: the last state is what stays.
    written = written.then(() => writeSweepResults(directory, sweepResults(sweep, cells, outcomes)));
    return written;
  };

  const runCell = async (cell: PlannedCell, lane: Lane, worker: PlannedCell["experiment"]["worker"]) => {
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    try {
      const laneWorker = await lane.workerFor(worker);
      // It starts while another cell makes what both need; if it cannot, the stage that needs it says so.
      if (lanes.length > 1 && isMissing(cell)) laneWorker.get().catch(() => {});
      const { summary } = await runExperiment({ ...cell.experiment, worker }, cell.yaml, {
        runsDirectory,
        progress: progress.progressOf(cell.cell),
        signal,
        worker: laneWorker,
        onStage: (event) => state.stage(cell, event),
        forecast: state.forecast,
        measure: options.measure,
      });
      state.end(cell, seconds(), { summary });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      state.end(cell, seconds(), { thrown });
      await lane.close();
    }
    await record();
  };
  const runLane = async (lane: Lane, number: number, place: Placement): Promise<void> => {
    while (!signal.aborted) {
      const cell = state.begin();
      if (cell === undefined) return;
      await runCell(cell, lane, place.on(number, cell.experiment.worker));
    }
    throw new Interrupted();
  };

  try {
    const settings = state.waiting.map(({ experiment }) => experiment.worker);
    const place = await placeOn(lanes, settings, state.waiting.some(isMissing));
    for (const warning of place.warnings) progress.note(`warning: ${warning}`);
    const ends = await Promise.allSettled(lanes.map((lane, number) => runLane(lane, number, place)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  } catch (error) {
    throw unlessInterrupted(error, signal);
  } finally {
    state.close();
    await Promise.all(lanes.map((lane) => lane.close()));
    await record();
  }
  const summaries = new Map(
    [...outcomes].flatMap(([cell, { summary }]) => (summary ? [[cell, summary]] : [])),
  );
  const report = await reportSweep(directory, sweepResults(sweep, cells, outcomes), summaries, {
    before,
    signal,
  });
  const cellRuns = cells.map(({ cell, settings, directory }, position) => {
    const { summary, error } = outcomes.get(cell) ?? {};
    const { status } = report.results.cells[position]!;
    return { cell, settings, status, run: directory, ...defined({ error, report: summary }) };
  });
  return { ...report, directory, cells: cellRuns, reused };
}
