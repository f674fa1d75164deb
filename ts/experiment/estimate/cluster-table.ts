/** A plan for devices that are elsewhere, as text. */
import { sumOf } from "../../core/sum.ts";
import { gigabytes } from "./advice.ts";
import {
  type Cluster,
  type ClusterPlan,
  deviceCount,
  reached,
  settingsOf,
  tooLittle,
  type Way,
} from "./cluster.ts";
import { deviceKinds } from "./device-kinds.ts";
import type { Memory } from "./memory.ts";
import { assumed, evenness } from "./pace.ts";
import { aligned, short, span } from "./text.ts";

/** @param model what is trained, in a line */
export function clusterTable(plan: ClusterPlan, model: string): string {
  return [
    `plan for ${model}`,
    clusterLine(plan.cluster),
    ...trainingLines(plan),
    ...readingLines(plan),
    ...samplingLines(plan),
    ...timeLines(plan),
    ...(plan.chosen === undefined ? [] : ["settings:", ...settingsOf(plan).map((line) => `  ${line}`)]),
    assumptions,
  ].join("\n");
}

function clusterLine(cluster: Cluster): string {
  const { kind, devices, nodes } = cluster;
  const machines = nodes === 1 ? "one machine" : `${nodes} machines of ${devices}`;
  const network = nodes === 1 ? "" : `, ${short(kind.networkBytesPerSecond)}B/s each between machines`;
  return `on ${deviceCount(cluster)} x ${kind.name} (${kind.description}) in ${machines}: ${gigabytes(kind.memoryBytes)} free each, ${short(kind.linkBytesPerSecond)}B/s to each other${network}`;
}

function trainingLines(plan: ClusterPlan): string[] {
  if (plan.ways.length === 0) return [];
  const rows = [
    ["training", "state", "activations", "memory at its height", "fits", "longest step", "of it waiting"],
    ...plan.ways.map((way) => [
      nameOf(way, plan.cluster),
      gigabytes(lasting(way.memory)),
      gigabytes(way.memoryBytes - lasting(way.memory)),
      gigabytes(way.memoryBytes),
      way.fits ? (way === plan.chosen ? "yes: the first" : "yes") : "no",
      way.stepSeconds < 10 ? `${way.stepSeconds.toPrecision(2)} s` : span(way.stepSeconds),
      way.stepSeconds === 0 ? "" : `${Math.round((100 * way.waitingSeconds) / way.stepSeconds)} %`,
    ]),
  ];
  return [...aligned(rows), ...(plan.chosen === undefined ? [`warning: ${tooLittle(plan)}`] : [])];
}

const lasting = ({ weights, gradients, masters, moments, start }: Memory): number =>
  weights + gradients + masters + moments + start;

const nameOf = ({ sharding, adapter, gradientCheckpointing }: Way, cluster: Cluster): string =>
  [
    ...(deviceCount(cluster) === 1 ? ["one device"] : [sharding === "fsdp" ? "FSDP" : "data parallel"]),
    ...(adapter ? ["LoRA"] : []),
    ...(gradientCheckpointing ? ["gradient checkpointing"] : []),
  ].join(", ");

function readingLines({ chosen, cluster: { devices, nodes } }: ClusterPlan): string[] {
  if (chosen === undefined) return [];
  const { readingBytes, sharding } = chosen;
  const several = sharding === "none" && devices > 1;
  const place = nodes === 1 ? "" : several ? " of each machine" : " of the first machine";
  const who = several ? `${devices} processes read` : "one process reads";
  return [`main memory${place}: ${gigabytes(readingBytes)} while ${who} the weights`];
}

function samplingLines({ sampling, cluster }: ClusterPlan): string[] {
  if (sampling === undefined) return [];
  const { devicesPerCopy, copies, fits } = sampling;
  if (!fits)
    return [
      `sampling: one machine's ${cluster.devices} devices do not hold the model in its type; a smaller type or a larger kind of device does`,
    ];
  return [
    devicesPerCopy === 1
      ? `sampling: each of ${copies} devices holds the model and draws its part of the questions`
      : `sampling: ${copies} ${copies === 1 ? "copy" : "copies"} of the model, each over ${devicesPerCopy} devices of a machine (vLLM, tensor parallel)`,
  ];
}

function timeLines({ chosen, sampling, scoringSeconds, ways }: ClusterPlan): string[] {
  if (ways.length > 0 && chosen === undefined) return [];
  if (sampling?.fits === false) return [];
  const parts: [string, number][] = [
    ["training", chosen?.trainingSeconds ?? 0],
    ["sampling", sampling?.seconds ?? 0],
    ["scoring", scoringSeconds],
  ];
  const told = parts
    .filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => `${name} ${span(seconds)}`);
  return [`time: about ${span(sumOf(parts, ([, seconds]) => seconds))}: ${told.join(", ")}`];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const assumptions = `worked out, not measured: training and scoring reach ${percent(assumed.training)} of the data sheet's dense FLOP/s, decoding ${percent(assumed.reading)} of its bytes a second, collectives ${percent(reached.link)} of a link; computing beside them keeps ${percent(reached.overlapped)} of its speed, and ranks are even to ${percent(evenness)}; loading, saving and starting are not counted. Kinds: ${deviceKinds.map(({ name }) => name).join(", ")}`;
