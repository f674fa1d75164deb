/**
 * Bytes on the device. What lies there for as long as a run trains is counted exactly (tests/golden/memory holds what
 * models really take); activations are those of a Llama block under SDPA, measured (there too). What comes and goes
 * gets a tenth more, for an allocator that fragments.
 */
import type { Adapter } from "../../config/index.ts";
import type { Sampling } from "../stages/cost.ts";
import { adaptedLayers, adapterParameters, bytesOf, type Dtype, type ModelShape } from "./shape.ts";

export interface Setup {
  shape: ModelShape;
  dtype: Dtype;
  adapter?: Adapter | undefined;
  gradientCheckpointing: boolean;
  maxTokensPerBatch: number;
  /** Logits are made in larger pieces on an accelerator, and more samples at once. */
  accelerator: boolean;
  /** Samples that are decoded at once, at most; left out: as the worker has it. */
  samplesAtOnce?: number | undefined;
  /** Of the device. */
  freeBytes: number;
  /** Devices of all machines that share the work, and how they hold the weights; left out: one alone. */
  ranks?: { devices: number; nodes: number; sharding: "auto" | "none" | "fsdp" } | undefined;
}

/** Part to bytes; what is not there is 0. */
export interface Memory {
  weights: number;
  gradients: number;
  masters: number;
  moments: number;
  /** The trained weights as they were at the start, of a method that goes by them at each step. */
  start: number;
  activations: number;
  logits: number;
  cache: number;
}

const fragmented = 1.1;

export const total = ({ activations, logits, cache, ...lasting }: Memory): number =>
  Object.values(lasting).reduce((sum, bytes) => sum + bytes, 0) + fragmented * (activations + logits + cache);

const none: Memory = {
  weights: 0,
  gradients: 0,
  masters: 0,
  moments: 0,
  start: 0,
  activations: 0,
  logits: 0,
  cache: 0,
};

/** Weights alone: the base's in its type, an adapter's in float32. */
export const weightBytes = ({ shape, dtype, adapter }: Setup): number =>
  shape.parameters * bytesOf(dtype) + (adapter === undefined ? 0 : 4 * adapterParameters(shape, adapter));

/** Those that are trained: all, or the adapter's. */
export const trainedParameters = ({ shape, adapter }: Setup): number =>
  adapter === undefined ? shape.parameters : adapterParameters(shape, adapter);

/** What a training run holds between micro-batches. Gradients and moments are in float32, and weights have masters in it. */
export function trainingState(setup: Setup): Pick<Memory, "weights" | "gradients" | "masters" | "moments"> {
  const { dtype, adapter } = setup;
  const trained = trainedParameters(setup);
  return {
    weights: weightBytes(setup),
    gradients: 4 * trained,
    // An adapter is in float32 itself.
    masters: adapter === undefined && dtype !== "float32" ? 4 * trained : 0,
    moments: 8 * trained,
  };
}

/**
 * One micro-batch of `tokens` tokens through a training step, at its height.
 *
 * @param holdsStart the trained weights are there once more, as they were at the start
 */
export function trainingMemory(setup: Setup, tokens: number, holdsStart = false): Memory {
  const { shape, dtype, adapter, gradientCheckpointing } = setup;
  const held = adapter === undefined ? weightBytes(setup) : 4 * adapterParameters(shape, adapter);
  const perLayer = blockActivations(setup);
  const kept = gradientCheckpointing
    ? shape.layers * bytesOf(dtype) * shape.hiddenSize + perLayer
    : shape.layers * perLayer;
  return {
    ...none,
    ...trainingState(setup),
    start: holdsStart ? held : 0,
    activations: tokens * (kept + passing(setup)),
    logits: logitBytes(setup, tokens, true),
  };
}

/** A micro-batch that is scored: one block's activations at a time. */
export const scoringMemory = (setup: Setup, tokens: number): Memory => ({
  ...none,
  weights: weightBytes(setup),
  activations: tokens * passing(setup),
  logits: logitBytes(setup, tokens, false),
});

/** A batch of samples: keys and values of `tokens` tokens, and a prompt's pass of at most as many. */
export const samplingMemory = (setup: Setup, tokens: number, promptTokens: number): Memory => ({
  ...none,
  weights: weightBytes(setup),
  cache: tokens * cacheBytes(setup),
  activations: promptTokens * passing(setup),
  logits: logitBytes(setup, tokens, false),
});

/** Samples that are decoded at once, at most, and the share of the free memory that their keys and values may take; as the worker has them. */
const slots = { cpu: { most: 128, share: 0.5 }, accelerator: { most: 1024, share: 0.8 } };

/** Samples of a stage that are decoded at once: as many as have room at their full length. */
export function samplesAtOnce(
  setup: Setup,
  {
    prompts,
    k,
    promptTokens,
    maxNewTokens,
  }: Pick<Sampling, "prompts" | "k" | "promptTokens" | "maxNewTokens">,
): number {
  const { most, share } = setup.accelerator ? slots.accelerator : slots.cpu;
  const free = share * (setup.freeBytes - weightBytes(setup));
  const room = Math.floor(free / ((promptTokens.longest + maxNewTokens) * cacheBytes(setup)));
  return Math.max(1, Math.min(most, setup.samplesAtOnce ?? most, prompts * k, room));
}

/** Keys and values of a token. */
export const cacheBytes = ({ shape, dtype }: Setup): number =>
  2 * shape.layers * shape.keyValueHeads * shape.headSize * bytesOf(dtype);

/** What a block keeps of a token for its backward pass: two norms' float32 copies, and what its products went from. */
export function blockActivations({ shape, dtype, adapter }: Setup): number {
  const { hiddenSize, intermediateSize, keyValueHeads, headSize, heads } = shape;
  const bytes = bytesOf(dtype);
  const block = bytes * (6 * hiddenSize + 4 * intermediateSize + 2 * keyValueHeads * headSize);
  const adapters = adapter === undefined ? 0 : adapterActivations(shape, bytes, adapter);
  return block + 8 * hiddenSize + 6 * heads + adapters;
}

/** Each adapted layer's input in float32 (once more under dropout, with its mask), and what lies between the matrices. */
function adapterActivations(shape: ModelShape, bytes: number, adapter: Adapter): number {
  const { rank, dropout } = adapter;
  const inputBytes = (bytes < 4 ? 4 : 0) + (dropout > 0 ? 5 : 0);
  return adaptedLayers(shape, adapter).reduce(
    (sum, { count, inputs }) => sum + (count / shape.layers) * (inputs * inputBytes + 4 * rank),
    0,
  );
}

/** A token's tensors that a block is at work on, and that go again. */
const passing = ({ shape, dtype }: Setup): number =>
  bytesOf(dtype) * (4 * shape.hiddenSize + 3 * shape.intermediateSize);

/** Elements of a piece of logits, as the worker has it. */
const pieceElements = { cpu: 2 ** 24, accelerator: 2 ** 27 };

/** A piece of logits in the model's type and in float32; backward also the head's gradient in float32. */
function logitBytes(
  { shape, dtype, adapter, accelerator }: Setup,
  tokens: number,
  backward: boolean,
): number {
  const largest = accelerator ? pieceElements.accelerator : pieceElements.cpu;
  const elements = Math.min(largest, tokens * shape.vocabularySize);
  const piece = elements * (4 + 2 * bytesOf(dtype));
  const head = backward && adapter === undefined ? shape.vocabularySize * shape.hiddenSize * 6 : 0;
  return piece + head;
}
