/** What one of several devices holds that train together. */
import type { Trained } from "../stages/cost.ts";
import { type Memory, type Setup, trainingMemory } from "./memory.ts";
import { adapterParameters, bytesOf, type ModelShape } from "./shape.ts";

/** Whether each device holds the whole model, or all hold a part and fetch the rest block by block (FSDP). */
export type Sharding = "none" | "fsdp";

/** Of one device's micro-batch: no longer than the worker allows, nor than its part of a step. */
export const microBatch = ({ maxTokensPerBatch }: Setup, { perStep }: Trained, devices: number): number =>
  Math.min(maxTokensPerBatch, Math.ceil(perStep / devices));

/**
 * Under FSDP a device has its part of what lasts, and at its height two blocks and the tables whole. What is trained lies there
 * in float32 and is its own master; an adapter is small, and lies whole on each device (py/aft_worker/model/sharding.py).
 */
export function rankMemory(setup: Setup, trained: Trained, sharding: Sharding, devices: number): Memory {
  const whole = trainingMemory(setup, microBatch(setup, trained, devices), trained.holdsStart);
  if (sharding === "none") return whole;
  const { shape, dtype, adapter } = setup;
  if (adapter === undefined) {
    const part = (4 * shape.parameters) / devices;
    return {
      ...whole,
      weights: part + gatheredBytes(setup),
      // Of what was computed last, in its own type and in float32 on its way to the device that keeps it.
      gradients: part + (4 + bytesOf(dtype)) * largestUnit(shape),
      masters: 0,
      moments: 2 * part,
      start: trained.holdsStart ? part : 0,
    };
  }
  const base = (shape.parameters * bytesOf(dtype)) / devices;
  return { ...whole, weights: base + 4 * adapterParameters(shape, adapter) + gatheredBytes(setup) };
}

/**
 * Main memory of one machine while weights are read: each process reads the model for its device, but under FSDP one process of
 * all reads it and deals it out. Files in the model's own type are mapped, and take no more than the system's cache of files.
 */
export const readingBytes = ({ shape, dtype }: Setup, sharding: Sharding, devicesOfMachine: number): number =>
  shape.parameters * bytesOf(dtype) * (sharding === "fsdp" ? 1 : devicesOfMachine);

const tableParameters = ({ embeddingParameters, tied }: ModelShape): number =>
  embeddingParameters * (tied ? 1 : 2);

const blockParameters = (shape: ModelShape): number =>
  (shape.parameters - tableParameters(shape)) / shape.layers;

const largestUnit = (shape: ModelShape): number => Math.max(blockParameters(shape), tableParameters(shape));

/** Whole while it is used: a block, the next one that is fetched meanwhile, embedding and head. */
const gatheredBytes = ({ shape, dtype }: Setup): number =>
  bytesOf(dtype) * (2 * blockParameters(shape) + tableParameters(shape));
