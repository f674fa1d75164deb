/** An estimate as text. */
import { sumOf } from "../../core/sum.ts";
import { gigabytes } from "./advice.ts";
import type { Estimate } from "./estimate.ts";
import { trainingState } from "./memory.ts";
import { assumed, evenness } from "./pace.ts";
import type { CellEstimate, SweepEstimate } from "./sweep.ts";
import { aligned, short, span } from "./text.ts";

/** A row a stage, what the highest memory is made of, and what was assumed. */
export function estimateTable(estimate: Estimate): string {
  const { stages } = estimate;
  const rows = [
    ["stage", "tokens", "FLOPs", "time", "memory at its height"],
    ...stages.map(({ label, tokens, flops, seconds, memoryBytes, peak }) => [
      label,
      short(tokens),
      flops.toExponential(1),
      spanOf(seconds ?? 0, [{ seconds }]),
      `${gigabytes(memoryBytes)} (${peak})`,
    ]),
    ["in all", "", "", spanOf(estimate.seconds, stages), gigabytes(estimate.peakBytes)],
  ];
  return [
    `estimate for ${modelLine(estimate)}`,
    deviceLine(estimate),
    ...aligned(rows),
    heightLine(estimate),
    `disk: about ${gigabytes(estimate.diskBytes)} of checkpoints and states to go on from`,
    assumptions(estimate),
    ...estimate.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

export const modelLine = (estimate: Pick<Estimate, "model" | "parameters" | "trained" | "setup">): string =>
  `${estimate.model}: ${short(estimate.parameters)} parameters in ${estimate.setup.dtype}, ${trainedLine(estimate)}`;

const deviceLine = ({ device, speed }: Pick<Estimate, "device" | "speed">): string =>
  `on ${device.name} (${device.description}): ${gigabytes(device.freeBytes)} free, measured ${short(speed.flopsPerSecond)}FLOP/s in a product of matrices and ${short(speed.bytesPerSecond)}B/s in a copy`;

function trainedLine({
  parameters,
  trained,
  setup,
}: Pick<Estimate, "parameters" | "trained" | "setup">): string {
  const { adapter, gradientCheckpointing } = setup;
  const what =
    adapter === undefined
      ? `all trained: ${bytesAParameter(setup)} bytes each before activations`
      : `${short(trained)} of an adapter of rank ${adapter.rank} trained beside ${short(parameters)} frozen ones`;
  return `${what}${gradientCheckpointing ? ", gradient checkpointing" : ""}`;
}

/** Of weights, gradients, masters and moments. */
function bytesAParameter(setup: Estimate["setup"]): number {
  const shape = { parameters: 1, linearLayers: [] } as unknown as Parameters<
    typeof trainingState
  >[0]["shape"];
  return sumOf(Object.values(trainingState({ ...setup, shape })), (bytes) => bytes);
}

function heightLine({ stages, peakBytes }: Estimate): string {
  const { memory, label } = stages.find(({ memoryBytes }) => memoryBytes === peakBytes)!;
  const parts = Object.entries(memory).filter(([, bytes]) => bytes > 0);
  return `highest in ${label}: ${parts.map(([name, bytes]) => `${name} ${gigabytes(bytes)}`).join(" + ")}, and a tenth of what comes and goes`;
}

function assumptions({ setup, pace, sampler }: Estimate): string {
  const { ranks } = setup;
  const percent = (share: number): string => `${100 * share} %`;
  return [
    ...(pace.measured
      ? [
          `measured: training, ${sampler === "vllm" ? "" : "sampling "}and scoring of a model of these sizes with random weights, by the worker as it will run`,
        ]
      : [
          `assumed, as ${pace.reason}: training and scoring reach ${percent(assumed.training)} of the measured FLOP/s, decoding ${percent(assumed.reading)} of the bytes a second`,
        ]),
    `${setup.adapter === undefined ? "6" : "4"} FLOPs a weight and trained token${setup.gradientCheckpointing ? " and 2 for recomputing" : ""}, 2 a scored or sampled one`,
    ...(sampler === "vllm"
      ? [
          "vLLM samples at a pace and in memory of its own, which are not tried: the time of stages that sample is not known",
        ]
      : []),
    ...(ranks === undefined ? [] : [sharedBy(ranks, setup.accelerator)]),
    "a sample is as long as a reference, and all samples of a question differ; groups of your own are taken to be as long as the questions; looks while training are not counted",
  ].join("; ");
}

/** Who shares the work, and what that does to time and memory. */
function sharedBy({ devices, nodes }: NonNullable<Estimate["setup"]["ranks"]>, accelerator: boolean): string {
  const shares = accelerator ? `${devices} devices` : `${nodes} machines`;
  const memory = `memory is of one ${accelerator ? "device" : "process"}`;
  return !accelerator && nodes === 1
    ? `${devices} processes share this machine's cores, and are no faster than one; ${memory}`
    : `${shares} share the work, each in the time of one, even to ${100 * evenness} %, and without what they send each other (--device KIND plans that); ${memory}`;
}

/** A row a cell, and the whole. */
export function sweepEstimateTable(sweep: SweepEstimate): string {
  const estimates = sweep.cells.flatMap(({ estimate }) => estimate ?? []);
  const stages = estimates.flatMap((estimate) => estimate.stages);
  const rows = [
    ["cell", "stages", "there", "shared", "time", "memory at its height", "disk"],
    ...sweep.cells.map(rowOf),
    [
      "in all",
      "",
      "",
      "",
      spanOf(sweep.seconds, stages),
      gigabytes(sweep.peakBytes),
      gigabytes(sweep.diskBytes),
    ],
  ];
  const { cell, estimate } = sweep.cells.find((row) => row.estimate?.peakBytes === sweep.peakBytes)!;
  return [
    `estimate for the sweep ${sweep.sweep}: ${sweep.cells.length} cells`,
    ...distinct(estimates, modelLine),
    ...distinct(estimates, deviceLine),
    ...aligned(rows),
    "there: made already; shared: made by a cell above, with which its time counts",
    elapsedLine(sweep, stages),
    `${cell}: ${heightLine(estimate!)}`,
    `disk: about ${gigabytes(sweep.diskBytes)} of checkpoints, each once, and states to go on from`,
    ...distinct(estimates, assumptions),
    ...sweep.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

function rowOf({ cell, stages, estimate }: CellEstimate): string[] {
  const counts = [stages.all, stages.there, stages.shared].map(String);
  if (estimate === undefined) return [cell, ...counts, "", "", ""];
  const weights = sumOf(estimate.stages, ({ diskBytes }) => diskBytes);
  return [
    cell,
    ...counts,
    spanOf(estimate.seconds, estimate.stages),
    gigabytes(estimate.peakBytes),
    gigabytes(weights),
  ];
}

/** One cell at a time takes what all stages do; of several it depends on whether they have a device each. */
function elapsedLine(
  { jobs, seconds, elapsedSeconds, devicesEnough }: SweepEstimate,
  stages: readonly Timed[],
): string {
  const alone = spanOf(seconds, stages);
  if (jobs < 2) return `time: about ${alone}, one cell at a time`;
  const least = `time: about ${spanOf(elapsedSeconds, stages)} with ${jobs} cells at a time`;
  return devicesEnough
    ? `${least}, each on a GPU of its own`
    : `${least} if none slows another down; they share a device, so it may take up to the ${alone} of one at a time`;
}

const distinct = (estimates: readonly Estimate[], lineOf: (estimate: Estimate) => string): string[] => [
  ...new Set(estimates.map(lineOf)),
];

type Timed = Pick<Estimate["stages"][number], "seconds">;

/** Of these stages together; how long vLLM samples for some of them is not known. */
function spanOf(seconds: number, stages: readonly Timed[]): string {
  if (stages.every((stage) => stage.seconds !== undefined)) return span(seconds);
  return seconds === 0 ? "not known" : `${span(seconds)} and vLLM's`;
}
