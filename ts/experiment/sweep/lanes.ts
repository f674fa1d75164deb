/** What cells run on: a lane runs one after the other, on a worker of its own. */
import { availableParallelism } from "node:os";
import type { Experiment } from "../../config/index.ts";
import { canonicalJson } from "../../core/digest.ts";
import { inputError } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { LazyWorker, startSettings } from "../worker/lazy-worker.ts";

type WorkerSettings = Experiment["worker"];

/** One worker for cells in turn: it stays up from cell to cell while it would be started in the same way. */
export class Lane {
  private current: { settings: string; worker: LazyWorker } | undefined;
  private readonly progress: ProgressSink;
  private readonly signal: AbortSignal;
  private readonly runsDirectory: string;

  constructor(progress: ProgressSink, signal: AbortSignal, runsDirectory: string) {
    this.progress = progress;
    this.signal = signal;
    this.runsDirectory = runsDirectory;
  }

  async workerFor(worker: WorkerSettings): Promise<LazyWorker> {
    const start = startSettings(worker);
    const settings = canonicalJson(start);
    if (this.current?.settings !== settings) {
      await this.close();
      this.current = {
        settings,
        worker: new LazyWorker(start, this.progress, this.signal, this.runsDirectory),
      };
    }
    return this.current.worker;
  }

  /** The next cell gets a new worker: after a failure nothing is known of the old one. */
  async close(): Promise<void> {
    const worker = this.current?.worker;
    this.current = undefined;
    await worker?.close();
  }
}

/** Where each of several lanes computes. */
export interface Placement {
  /** The worker settings of a cell on the lane of this number. */
  on(lane: number, settings: WorkerSettings): WorkerSettings;
  warnings: string[];
}

/** Cells whose device is `auto` are spread over the GPUs, where there are several; what does not fit is told. */
export function placement(
  jobs: number,
  cells: readonly WorkerSettings[],
  devices: readonly string[],
  cores = availableParallelism(),
): Placement {
  const gpus = devices.filter((name) => name.startsWith("cuda"));
  const spread = jobs > 1 && gpus.length > 1;
  const warnings: string[] = [];
  const onCpu = cells.filter(({ device }) => device === "cpu" || (device === "auto" && gpus.length === 0));
  const threads = Math.max(0, ...onCpu.map((settings) => settings.threads ?? cores));
  if (jobs > 1 && jobs * threads > cores)
    warnings.push(
      `${jobs} cells at a time with ${threads} threads each on ${cores} cores slow each other down: --set worker.threads=${Math.max(1, Math.floor(cores / jobs))} is better`,
    );
  if (jobs > gpus.length && gpus.length > 0 && cells.some(({ device }) => device === "auto"))
    warnings.push(`${jobs} cells at a time on ${gpus.length} GPU${gpus.length === 1 ? "" : "s"}: they share`);
  return {
    on: (lane, settings) =>
      spread && settings.device === "auto" ? { ...settings, device: gpus[lane % gpus.length]! } : settings,
    warnings,
  };
}

/** {@link placement} on the devices that there are, which matter to several cells at a time only: the first lane's worker is asked. */
export async function placeOn(
  lanes: readonly Lane[],
  cells: readonly WorkerSettings[],
  hasWork: boolean,
): Promise<Placement> {
  const asks = hasWork && lanes.length > 1 && cells.some(({ device }) => device === "auto");
  const devices = asks ? (await (await lanes[0]!.workerFor(cells[0]!)).devices()).devices : [];
  return placement(
    lanes.length,
    cells,
    devices.map(({ name }) => name),
  );
}

/** Several workers are several processes, which the transport inside Node is not. */
export function checkJobs(jobs: number, cells: readonly WorkerSettings[]): void {
  if (jobs > 1 && cells.some(({ transport }) => transport === "pythonia"))
    throw inputError({
      what: "worker.transport pythonia runs inside this process: one cell at a time",
      where: "--jobs",
      found: jobs,
      expected: "1, or worker.transport: stdio",
    });
}
