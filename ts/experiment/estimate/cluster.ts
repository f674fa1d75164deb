/**
 * What a run would take on devices that need not be there: memory of one device, and time with what devices send each other,
 * for each way of training on several. Nothing is measured: sizes, data sheets and the shares below.
 */
import { adapterSchema } from "../../config/index.ts";
import { sumOf } from "../../core/sum.ts";
import type { Trained } from "../stages/cost.ts";
import { gigabytes } from "./advice.ts";
import type { DeviceKind } from "./device-kinds.ts";
import { cacheBytes, type Memory, type Setup, total, trainedParameters, weightBytes } from "./memory.ts";
import { assumed, assumedPace, evenness, secondsOf } from "./pace.ts";
import { microBatch, rankMemory, readingBytes, type Sharding } from "./rank-memory.ts";
import type { Dtype } from "./shape.ts";
import type { Work } from "./stage.ts";

export interface Cluster {
  kind: DeviceKind;
  /** Of each machine. */
  devices: number;
  nodes: number;
}

/** One way of training. */
export interface Way {
  sharding: Sharding;
  adapter: boolean;
  gradientCheckpointing: boolean;
  /** What is to be changed in the experiment, as settings; none where it trains as it is written. */
  changes: string[];
  /** Of one device, in training at its height. */
  memory: Memory;
  memoryBytes: number;
  fits: boolean;
  /** Of a machine's main memory, while weights are read. */
  readingBytes: number;
  /** Of the longest step: all of it, and the part in which devices wait for what others send. */
  stepSeconds: number;
  waitingSeconds: number;
  /** Of all trainings. */
  trainingSeconds: number;
}

/** How samples are drawn: one copy of the model a device, or one that several devices of a machine hold together. */
export interface SamplingWay {
  devicesPerCopy: number;
  copies: number;
  /** None where not even one machine holds the model. */
  fits: boolean;
  seconds: number;
}

export interface ClusterPlan {
  cluster: Cluster;
  ways: Way[];
  /** The first that fits: ways come in the order of what they change. */
  chosen: Way | undefined;
  sampling: SamplingWay | undefined;
  /** Of all groups, shared out over all devices. */
  scoringSeconds: number;
}

/**
 * `link`: of a data sheet's rate, what collectives reach. `overlapped`: of its own speed, what computing keeps beside them
 * (7 B on H200: 0.89 with 2, 0.93 with 4 devices of a machine, by the benchmarks of KempnerForge).
 */
export const reached = { link: 0.8, overlapped: 0.9 };

export function planCluster(setup: Setup, works: readonly Work[], cluster: Cluster): ClusterPlan {
  const trainings = works.flatMap(({ trained }) => trained ?? []);
  const ways =
    trainings.length === 0 ? [] : waysOf(setup, cluster).map((way) => wayOf(way, trainings, cluster));
  return {
    cluster,
    ways,
    chosen: ways.find(({ fits }) => fits),
    sampling: samplingOf(setup, works, cluster),
    scoringSeconds: scoringSeconds(setup, works, cluster),
  };
}

/** What a device of this kind gives to the formulas for one device. */
const setupOn = (setup: Setup, { memoryBytes }: DeviceKind): Setup => ({
  ...setup,
  accelerator: true,
  freeBytes: memoryBytes,
});

const speedOf = ({ flopsPerSecond, bytesPerSecond }: DeviceKind, dtype: Dtype) => ({
  flopsPerSecond: dtype === "float32" ? flopsPerSecond.single : flopsPerSecond.half,
  bytesPerSecond,
  secondsPerCall: 5e-6,
});

export const deviceCount = ({ devices, nodes }: Cluster): number => devices * nodes;

type Draft = Pick<Way, "sharding" | "changes"> & { setup: Setup };

/** From what is written to what changes most of what is trained. */
function waysOf(setup: Setup, cluster: Cluster): Draft[] {
  const several = deviceCount(cluster) > 1;
  const shardings: Sharding[] = several ? ["none", "fsdp"] : ["none"];
  const variants: Omit<Draft, "sharding">[] = [{ setup, changes: [] }];
  const recomputed = (from: Omit<Draft, "sharding">): Omit<Draft, "sharding"> => ({
    setup: { ...from.setup, gradientCheckpointing: true },
    changes: [...from.changes, "model.gradientCheckpointing: true"],
  });
  if (!setup.gradientCheckpointing) variants.push(recomputed(variants[0]!));
  if (setup.adapter === undefined) {
    const adapted = {
      setup: { ...setup, adapter: adapterSchema.parse({}) },
      changes: ["model.adapter: {} (LoRA)"],
    };
    variants.push(adapted);
    if (!setup.gradientCheckpointing) variants.push(recomputed(adapted));
  }
  return variants.flatMap(({ setup: changed, changes }) =>
    shardings.map((sharding) => ({ sharding, setup: setupOn(changed, cluster.kind), changes })),
  );
}

function wayOf({ sharding, setup, changes }: Draft, trainings: readonly Trained[], cluster: Cluster): Way {
  const memories = trainings.map((trained) => rankMemory(setup, trained, sharding, deviceCount(cluster)));
  const memory = memories.reduce((a, b) => (total(b) > total(a) ? b : a));
  const steps = trainings.map((trained) => ({ trained, ...stepOf(setup, trained, sharding, cluster) }));
  const longest = steps.reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, waiting: 0 });
  return {
    sharding,
    adapter: setup.adapter !== undefined,
    gradientCheckpointing: setup.gradientCheckpointing,
    changes,
    memory,
    memoryBytes: total(memory),
    fits: total(memory) <= cluster.kind.memoryBytes,
    readingBytes: readingBytes(setup, sharding, cluster.devices),
    stepSeconds: longest.seconds,
    waitingSeconds: longest.waiting,
    trainingSeconds: sumOf(
      steps,
      ({ trained, seconds }) => seconds * (trained.tokens / Math.max(1, trained.perStep)),
    ),
  };
}

/** A block forward is asked for once, backward takes twice as many. */
const callsOfTraining = 3;

/** Seconds of one step, and those in which nothing is computed. */
export function stepOf(
  setup: Setup,
  trained: Trained,
  sharding: Sharding,
  cluster: Cluster,
): { seconds: number; waiting: number } {
  const devices = deviceCount(cluster);
  const { shape, dtype } = setup;
  const speed = speedOf(cluster.kind, dtype);
  const own = trained.perStep / devices;
  const passes = Math.max(1, Math.ceil(own / microBatch(setup, trained, devices)));
  const computing = Math.max(
    own * assumedPace(setup, speed, []).trained[0]!.token,
    passes * shape.layers * assumed.callsPerBlock * callsOfTraining * speed.secondsPerCall,
  );
  if (devices === 1) return { seconds: computing, waiting: 0 };
  const rate = rateBetween(cluster);
  const others = (devices - 1) / devices;
  const trainedBytes = 4 * trainedParameters(setup);
  if (sharding === "none") {
    // Gradients in float32, once a step, there and back, after the last backward pass.
    const waiting = (2 * trainedBytes * others) / rate;
    return { seconds: computing / evenness + waiting, waiting };
  }
  const beside = computing / (reached.overlapped * evenness);
  // Weights once forward and once backward; gradients of what is trained once, each to the device that keeps it.
  const sending = (passes * (2 * weightBytes(setup) + trainedBytes) * others) / rate;
  return { seconds: Math.max(beside, sending), waiting: Math.max(0, sending - beside) };
}

/** Bytes a second of a device to the others: a ring over several machines goes at their network's rate. */
export const rateBetween = ({ kind, nodes }: Cluster): number =>
  reached.link *
  (nodes > 1 ? Math.min(kind.linkBytesPerSecond, kind.networkBytesPerSecond) : kind.linkBytesPerSecond);

/** Samples that a copy should have room for at once, so that reading its weights is not most of the time. */
const leastAtOnce = 32;

function samplingOf(setup: Setup, works: readonly Work[], cluster: Cluster): SamplingWay | undefined {
  const samplings = works.flatMap(({ sampled = [], sampledByVllm = [] }) => [...sampled, ...sampledByVllm]);
  if (samplings.length === 0) return undefined;
  const { kind, devices, nodes } = cluster;
  const room = Math.max(
    ...samplings.map(({ promptTokens, maxNewTokens }) => promptTokens.longest + maxNewTokens),
  );
  const needed = weightBytes(setup) + leastAtOnce * room * cacheBytes(setup);
  const powers = [1, 2, 4, 8, 16].filter((count) => count <= devices);
  const devicesPerCopy = powers.find((count) => needed <= 0.9 * count * kind.memoryBytes);
  const together = devicesPerCopy ?? powers.at(-1)!;
  const copies = Math.floor(devices / together) * nodes;
  // Devices that hold one copy read, compute and store together.
  const joined = { ...setupOn(setup, kind), freeBytes: kind.memoryBytes * together };
  const one = speedOf(kind, setup.dtype);
  const speed = {
    ...one,
    flopsPerSecond: one.flopsPerSecond * together,
    bytesPerSecond: one.bytesPerSecond * together,
  };
  const shared = samplings.map((sampling) => ({
    ...sampling,
    prompts: Math.ceil(sampling.prompts / copies),
  }));
  const pace = assumedPace(joined, speed, shared);
  return {
    devicesPerCopy: together,
    copies,
    fits: devicesPerCopy !== undefined,
    seconds: sumOf(shared, (sampling) => secondsOf(pace, { sampled: [sampling] })) / evenness,
  };
}

function scoringSeconds(setup: Setup, works: readonly Work[], cluster: Cluster): number {
  const pace = assumedPace(setupOn(setup, cluster.kind), speedOf(cluster.kind, setup.dtype), []);
  const tokens = sumOf(works, ({ scored }) => scored?.tokens ?? 0);
  return (tokens * pace.scored.token) / (deviceCount(cluster) * evenness);
}

/** What a user changes for a way, beside the devices. */
export const settingsOf = ({ cluster, chosen, sampling }: ClusterPlan): string[] => [
  `worker: { device: cuda, devices: ${cluster.devices}${cluster.nodes > 1 ? `, nodes: ${cluster.nodes}` : ""}${chosen?.sharding === "fsdp" ? ", sharding: fsdp" : ""} }`,
  ...(chosen?.changes ?? []),
  ...(sampling !== undefined && sampling.devicesPerCopy > 1
    ? [
        `worker.vllm: { tensorParallel: ${sampling.devicesPerCopy}, dataParallel: ${sampling.copies / cluster.nodes} }`,
      ]
    : []),
];

/** One line where no way fits. */
export function tooLittle({ cluster, ways }: ClusterPlan): string {
  const least = ways.reduce((a, b) => (b.memoryBytes < a.memoryBytes ? b : a));
  return `no way of training fits in the ${gigabytes(cluster.kind.memoryBytes)} of a ${cluster.kind.name}: the least takes ${gigabytes(least.memoryBytes)}; take more devices, or a smaller worker.maxTokensPerBatch`;
}
