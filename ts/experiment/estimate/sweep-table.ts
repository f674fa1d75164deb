/** A sweep's estimate as text: a row a cell, and the whole. */
import { gigabytes } from "./advice.ts";
import type { Estimate } from "./estimate.ts";
import type { CellEstimate, SweepEstimate } from "./sweep.ts";
import { assumptions, deviceLine, heightLine, modelLine } from "./table.ts";
import { aligned, span } from "./words.ts";

export function sweepEstimateTable(sweep: SweepEstimate): string {
  const estimates = sweep.cells.flatMap(({ estimate }) => estimate ?? []);
  const rows = [
    ["cell", "stages", "there", "shared", "time", "memory at its height", "disk"],
    ...sweep.cells.map(rowOf),
    ["in all", "", "", "", span(sweep.seconds), gigabytes(sweep.peakBytes), gigabytes(sweep.diskBytes)],
  ];
  const { cell, estimate } = sweep.cells.find((one) => one.estimate?.peakBytes === sweep.peakBytes)!;
  return [
    `estimate for the sweep ${sweep.sweep}: ${sweep.cells.length} cells`,
    ...distinct(estimates, modelLine),
    ...distinct(estimates, deviceLine),
    ...aligned(rows),
    "there: made already; shared: made by a cell above, with which its time counts",
    elapsedLine(sweep),
    `${cell}: ${heightLine(estimate!)}`,
    `disk: about ${gigabytes(sweep.diskBytes)} of checkpoints, each once, and states to go on from`,
    ...distinct(estimates, assumptions),
    ...sweep.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

function rowOf({ cell, stages, estimate }: CellEstimate): string[] {
  const counts = [stages.all, stages.there, stages.shared].map(String);
  if (estimate === undefined) return [cell, ...counts, "", "", ""];
  const own = estimate.stages.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
  return [cell, ...counts, span(estimate.seconds), gigabytes(estimate.peakBytes), gigabytes(own)];
}

/** One cell at a time takes what all stages do; of several it depends on whether they have a device each. */
function elapsedLine({ jobs, seconds, elapsedSeconds, devicesEnough }: SweepEstimate): string {
  if (jobs < 2) return `time: about ${span(seconds)}, one cell at a time`;
  const least = `time: about ${span(elapsedSeconds)} with ${jobs} cells at a time`;
  return devicesEnough
    ? `${least}, each on a GPU of its own`
    : `${least} if none slows another down; they share a device, so it may take up to the ${span(seconds)} of one at a time`;
}

const distinct = (estimates: readonly Estimate[], lineOf: (estimate: Estimate) => string): string[] => [
  ...new Set(estimates.map(lineOf)),
];
