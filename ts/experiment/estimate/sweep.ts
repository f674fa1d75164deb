/** What a whole sweep will take: what its cells share counts once, and what is there already not at all. */
import { type LoadedSweep, warningsByCell } from "../../config/index.ts";
import { sumOf } from "../../core/sum.ts";
import { planOf } from "../plan/plan.ts";
import { keyOfNode } from "../stages/node.ts";
import { checkJobs, placement } from "../sweep/lanes.ts";
import { missingOf, type PlannedSweep, planSweep } from "../sweep/plan.ts";
import { gigabytes } from "./advice.ts";
import { type Estimate, estimateOf } from "./estimate.ts";
import { type EstimateOptions, type Measured, Measurements } from "./measurements.ts";
import { sideBySide } from "./side-by-side.ts";

export interface CellEstimate {
  cell: string;
  settings: Record<string, unknown>;
  /** All stages; those that are there already; those that an earlier cell of this list makes. */
  stages: { all: number; there: number; shared: number };
  /** Of what it makes itself; undefined where that takes no model. */
  estimate: Estimate | undefined;
}

export interface SweepEstimate {
  sweep: string;
  cells: CellEstimate[];
  /** Cells at a time. */
  jobs: number;
  /** Of all stages whose time is known, one after the other. */
  seconds: number;
  /** With `jobs` cells at a time, were each as fast as it is alone. */
  elapsedSeconds: number;
  /** Whether it is: every cell at work has a GPU for itself. */
  devicesEnough: boolean;
  /** Of the cell that needs most. */
  peakBytes: number;
  /** Distinct weights, and the largest states of `jobs` cells from which they can go on. */
  diskBytes: number;
  warnings: string[];
}

export type SweepEstimateOptions = EstimateOptions & { jobs: number };

/** Undefined where no model is used any more. Nothing is written. */
export async function estimateSweep(
  sweep: LoadedSweep,
  options: SweepEstimateOptions,
): Promise<SweepEstimate | undefined> {
  const settings = sweep.cells.map(({ experiment }) => experiment.worker);
  checkJobs(options.jobs, settings);
  const planned = await planSweep(sweep, options.runsDirectory);
  const measurements = new Measurements(options);
  try {
    const cells = await estimatedCells(planned, measurements);
    const used = cells.findIndex(({ estimate }) => estimate !== undefined);
    if (used === -1) return undefined;
    const measured = await measurements.speed(planned.cells[used]!.experiment);
    return { sweep: sweep.name, ...summed(planned, cells, options.jobs, measured) };
  } finally {
    await measurements.close();
  }
}

async function estimatedCells(
  { cells, there }: PlannedSweep,
  measurements: Measurements,
): Promise<CellEstimate[]> {
  const taken = new Set(there);
  const estimates: CellEstimate[] = [];
  for (const { cell, settings, experiment, stages } of cells) {
    const plan = await planOf(experiment);
    const keys = stages.map(({ key }) => key);
    const missing = plan.nodes.filter((node) => !taken.has(keyOfNode(node)));
    estimates.push({
      cell,
      settings,
      stages: {
        all: keys.length,
        there: keys.filter((key) => there.has(key)).length,
        shared: keys.filter((key) => taken.has(key) && !there.has(key)).length,
      },
      estimate: await estimateOf(experiment, plan, missing, measurements),
    });
    for (const key of keys) taken.add(key);
  }
  return estimates;
}

function summed(
  { cells: planned, there }: PlannedSweep,
  cells: CellEstimate[],
  wantedJobs: number,
  { device, devices }: Measured,
): Omit<SweepEstimate, "sweep"> {
  const estimates = cells.flatMap(({ estimate }) => estimate ?? []);
  const stages = estimates.flatMap((estimate) => estimate.stages);
  const unfinished = planned.filter((cell) => missingOf(cell, there).length > 0);
  const jobs = Math.min(wantedJobs, unfinished.length);
  const secondsOf = new Map(stages.map(({ key, seconds = 0 }) => [key, seconds]));
  const workers = unfinished.map(({ experiment }) => experiment.worker);
  const gpus = devices.filter((name) => name.startsWith("cuda")).length;
  const spread = workers.every((worker) => worker.device === "auto") ? Math.max(1, gpus) : 1;
  const weights = sumOf(stages, ({ diskBytes }) => diskBytes);
  return {
    cells,
    jobs,
    seconds: sumOf(stages, ({ seconds = 0 }) => seconds),
    elapsedSeconds: sideBySide(unfinished, there, secondsOf, jobs),
    devicesEnough: jobs <= spread,
    peakBytes: Math.max(...estimates.map(({ peakBytes }) => peakBytes)),
    diskBytes: weights + largest(estimates.map(stateBytes), jobs),
    warnings: [
      ...warningsByCell(cells.map(({ cell, estimate }) => ({ cell, items: estimate?.warnings ?? [] }))),
      ...(jobs > 1 ? placement(jobs, workers, devices).warnings : []),
      ...together(estimates, Math.ceil(jobs / spread), device.freeBytes),
    ],
  };
}

/** Of the state that a cell keeps while it trains. */
const stateBytes = ({ diskBytes, stages }: Estimate): number =>
  diskBytes - sumOf(stages, (stage) => stage.diskBytes);

const largest = (values: readonly number[], count: number): number =>
  [...values]
    .sort((a, b) => b - a)
    .slice(0, count)
    .reduce((sum, value) => sum + value, 0);

/** Cells that fit one by one, and not at a time on one device. */
function together(estimates: readonly Estimate[], count: number, freeBytes: number): string[] {
  const peaks = estimates.map(({ peakBytes }) => peakBytes);
  const needed = largest(peaks, count);
  if (count < 2 || needed <= freeBytes || Math.max(...peaks) > freeBytes) return [];
  return [
    `${count} cells at a time on one device may need ${gigabytes(needed)} together, it has ${gigabytes(freeBytes)} free: fewer --jobs`,
  ];
}
