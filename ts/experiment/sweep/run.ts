/** Runs a sweep: every cell to its report, several at a time; what cells share is made once. */
import type { CellStatus, RunSummary, SweepResults } from "../../analysis/index.ts";
import type { LoadedSweep } from "../../config/index.ts";
import { Interrupted } from "../../core/errors.ts";
import { unlessInterrupted } from "../../core/interrupt.ts";
import { runExperiment } from "../run/run.ts";
import { errorInFull, errorInOneLine } from "./errors.ts";
import { finishedSummary } from "./finished.ts";
import { checkJobs, Lane, type Placement, placement } from "./lanes.ts";
import { missingOf, type PlannedCell, planSweep } from "./plan.ts";
import { SweepState, type SweepWatch } from "./progress.ts";
import { reportSweep } from "./report.ts";
import { type Outcome, readSweepResults, sweepResults, writeSweepResults } from "./results.ts";
import { nextCell } from "./schedule.ts";
import { SharedStages } from "./shared.ts";

export interface SweepOptions {
  runsDirectory: string;
  /** Cells at a time. */
  jobs: number;
  watch: SweepWatch;
  signal: AbortSignal;
}

export interface CellRun {
  cell: string;
  settings: Record<string, unknown>;
  status: CellStatus;
  /** Its folder. */
  run: string;
  error?: string;
  report?: RunSummary;
}

export interface SweepRun {
  directory: string;
  results: SweepResults;
  table: string;
  /** The page of the whole sweep. */
  html: string;
  cells: CellRun[];
  /** Cells that were done before this call. */
  reused: number;
}

/**
 * Runs what is missing of a sweep. A cell that fails leaves the others going; its error is in the result. Throws
 * Interrupted when the signal stops it: what is done is kept.
 */
export async function runSweep(sweep: LoadedSweep, options: SweepOptions): Promise<SweepRun> {
  const { watch, signal } = options;
  const settings = sweep.cells.map(({ experiment }) => experiment.worker);
  checkJobs(options.jobs, settings);
  const { directory, cells, there } = await planSweep(sweep, options.runsDirectory);
  const before = await readSweepResults(directory).catch(() => undefined);
  const outcomes = new Map<string, Outcome>();
  for (const cell of cells) {
    const summary = await finishedSummary(cell, there);
    if (summary !== undefined) outcomes.set(cell.cell, { summary });
  }
  const reused = outcomes.size;
  const waiting = cells.filter(({ cell }) => !outcomes.has(cell));
  const jobs = Math.min(options.jobs, waiting.length);
  const lanes = Array.from({ length: jobs }, () => new Lane(watch, signal));
  const state = new SweepState({ sweep: sweep.name, cells, there, outcomes, jobs, watch });
  const shared = new SharedStages(there);
  let written = Promise.resolve();
  const record = (): Promise<void> => {
    // One after the other: the last state is what stays.
    written = written.then(() => writeSweepResults(directory, sweepResults(sweep, cells, outcomes)));
    return written;
  };

  const runCell = async (cell: PlannedCell, lane: Lane, place: Placement, number: number): Promise<void> => {
    const worker = place.on(number, cell.experiment.worker);
    const started = performance.now();
    state.begin(cell);
    try {
      const laneWorker = await lane.workerFor(worker);
      // It starts while another cell makes what both need; if it cannot, the stage that needs it says so.
      if (jobs > 1 && missingOf(cell, there).length > 0) laneWorker.get().catch(() => {});
      const { summary } = await runExperiment({ ...cell.experiment, worker }, cell.yaml, {
        runsDirectory: options.runsDirectory,
        progress: watch.progressOf(cell.cell),
        signal,
        worker: laneWorker,
        onStage(event) {
          shared.check(event, cell.cell, signal);
          state.stage(cell, event);
        },
      });
      outcomes.set(cell.cell, { summary });
      state.end(cell, (performance.now() - started) / 1000);
    } catch (error) {
      if (signal.aborted) throw error;
      outcomes.set(cell.cell, { error: errorInOneLine(error) });
      state.end(cell, (performance.now() - started) / 1000, errorInFull(error));
      await lane.close();
    }
    await record();
  };

  try {
    const place = await placeOf(lanes, waiting, there);
    for (const warning of place.warnings) watch.note(`warning: ${warning}`);
    const inTurn = async (lane: Lane, number: number): Promise<void> => {
      while (!signal.aborted) {
        const next = nextCell(waiting, state.running(), there);
        if (next === undefined) return;
        waiting.splice(waiting.indexOf(next), 1);
        await runCell(next, lane, place, number);
      }
      throw new Interrupted();
    };
    const ends = await Promise.allSettled(lanes.map(inTurn));
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
  const { results, table, html } = await reportSweep(
    directory,
    sweepResults(sweep, cells, outcomes),
    summaries,
    { before, signal },
  );
  return {
    directory,
    results,
    table,
    html,
    cells: cells.map((cell, at) => cellRun(cell, results, at, outcomes)),
    reused,
  };
}

function cellRun(
  { cell, settings, directory }: PlannedCell,
  { cells }: SweepResults,
  at: number,
  outcomes: ReadonlyMap<string, Outcome>,
): CellRun {
  const { summary, error } = outcomes.get(cell) ?? {};
  return {
    cell,
    settings,
    status: cells[at]!.status,
    run: directory,
    ...(error === undefined ? {} : { error }),
    ...(summary === undefined ? {} : { report: summary }),
  };
}

/** Which devices there are matters to several cells at a time only; the first lane's worker is asked. */
async function placeOf(
  lanes: readonly Lane[],
  waiting: readonly PlannedCell[],
  there: ReadonlySet<string>,
): Promise<Placement> {
  const settings = waiting.map(({ experiment }) => experiment.worker);
  const asks =
    lanes.length > 1 &&
    settings.some(({ device }) => device === "auto") &&
    waiting.some((cell) => missingOf(cell, there).length > 0);
  if (!asks) return placement(lanes.length, settings, []);
  const worker = await lanes[0]!.workerFor(settings[0]!);
  const { devices } = await worker.devices();
  return placement(
    lanes.length,
    settings,
    devices.map(({ name }) => name),
  );
}
