/** An estimate as text: a row a stage, what the highest memory is made of, and what was assumed. */
import { gigabytes } from "./advice.ts";
import type { Estimate } from "./estimate.ts";
import { trainingState } from "./memory.ts";
import { assumed } from "./time.ts";
import { aligned, short, span } from "./words.ts";

export function estimateTable(estimate: Estimate): string {
  const { stages } = estimate;
  const rows = [
    ["stage", "tokens", "FLOPs", "time", "memory at its height"],
    ...stages.map(({ label, tokens, flops, seconds, memoryBytes, peak }) => [
      label,
      short(tokens),
      flops.toExponential(1),
      span(seconds),
      `${gigabytes(memoryBytes)} (${peak})`,
    ]),
    ["in all", "", "", span(estimate.seconds), gigabytes(estimate.peakBytes)],
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

export const modelLine = (estimate: Estimate): string =>
  `${estimate.model}: ${short(estimate.parameters)} parameters in ${estimate.setup.dtype}, ${trainedLine(estimate)}`;

export const deviceLine = ({ device, speed }: Pick<Estimate, "device" | "speed">): string =>
  `on ${device.name} (${device.description}): ${gigabytes(device.freeBytes)} free, measured ${short(speed.flopsPerSecond)}FLOP/s in a product of matrices and ${short(speed.bytesPerSecond)}B/s in a copy`;

function trainedLine({ parameters, trained, setup }: Estimate): string {
  const { adapter, gradientCheckpointing } = setup;
  const what =
    adapter === undefined
      ? `all trained: ${bytesAParameter(setup)} bytes each before activations`
      : `${short(trained)} of an adapter of rank ${adapter.rank} trained beside ${short(parameters)} frozen ones`;
  return `${what}${gradientCheckpointing ? ", gradient checkpointing" : ""}`;
}

/** Of weights, gradients, masters and moments. */
function bytesAParameter(setup: Estimate["setup"]): number {
  const one = { parameters: 1, linearLayers: [] } as unknown as Parameters<typeof trainingState>[0]["shape"];
  return Object.values(trainingState({ ...setup, shape: one })).reduce((sum, bytes) => sum + bytes, 0);
}

export function heightLine({ stages, peakBytes }: Estimate): string {
  const { memory, label } = stages.find(({ memoryBytes }) => memoryBytes === peakBytes)!;
  const parts = Object.entries(memory).filter(([, bytes]) => bytes > 0);
  return `highest in ${label}: ${parts.map(([name, bytes]) => `${name} ${gigabytes(bytes)}`).join(" + ")}, and a tenth of what comes and goes`;
}

export function assumptions({ setup }: Estimate): string {
  const percent = (share: number): string => `${100 * share} %`;
  return [
    `assumed: training and scoring reach ${percent(assumed.training)} of the measured FLOP/s, decoding ${percent(assumed.reading)} of the bytes a second`,
    `${setup.adapter === undefined ? "6" : "4"} FLOPs a weight and trained token${setup.gradientCheckpointing ? " and 2 for recomputing" : ""}, 2 a scored or sampled one`,
    `${assumed.callsPerBlock} operations a block and decoded token; a sample is as long as a reference, the longest of a batch ${assumed.longestSample} times that`,
    "all samples of a question differ; looks while training, groups of your own and loading are not counted",
  ].join("; ");
}
