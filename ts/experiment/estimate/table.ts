/** An estimate as text: a row a stage, what the highest memory is made of, and what was assumed. */
import { gigabytes } from "./advice.ts";
import type { Estimate } from "./estimate.ts";
import { trainingState } from "./memory.ts";
import { assumed } from "./time.ts";

export function estimateTable(estimate: Estimate): string {
  const { stages, device, speed, setup } = estimate;
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
    `estimate for ${estimate.model}: ${short(estimate.parameters)} parameters in ${setup.dtype}, ${trainedLine(estimate)}`,
    `on ${device.name} (${device.description}): ${gigabytes(device.freeBytes)} free, measured ${short(speed.flopsPerSecond)}FLOP/s in a product of matrices and ${short(speed.bytesPerSecond)}B/s in a copy`,
    ...aligned(rows),
    heightLine(estimate),
    `disk: about ${gigabytes(estimate.diskBytes)} of checkpoints and states to go on from`,
    assumptions(estimate),
    ...estimate.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

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

function heightLine({ stages, peakBytes }: Estimate): string {
  const { memory, label } = stages.find(({ memoryBytes }) => memoryBytes === peakBytes)!;
  const parts = Object.entries(memory).filter(([, bytes]) => bytes > 0);
  return `highest in ${label}: ${parts.map(([name, bytes]) => `${name} ${gigabytes(bytes)}`).join(" + ")}, and a tenth of what comes and goes`;
}

function assumptions({ setup }: Estimate): string {
  const percent = (share: number): string => `${100 * share} %`;
  return [
    `assumed: training and scoring reach ${percent(assumed.training)} of the measured FLOP/s, decoding ${percent(assumed.reading)} of the bytes a second`,
    `${setup.adapter === undefined ? "6" : "4"} FLOPs a weight and trained token${setup.gradientCheckpointing ? " and 2 for recomputing" : ""}, 2 a scored or sampled one`,
    `${assumed.callsPerBlock} operations a block and decoded token; a sample is as long as a reference, the longest of a batch ${assumed.longestSample} times that`,
    "all samples of a question differ; looks while training, groups of your own and loading are not counted",
  ].join("; ");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  ")}`.trimEnd(),
  );
}

/** 6.7 G, 41 M, 950. */
function short(value: number): string {
  for (const [unit, size] of [
    ["P", 1e15],
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const)
    if (value >= size)
      return `${(value / size).toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`;
  return `${Math.round(value)} `.trim();
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toPrecision(2)} h`;
}
