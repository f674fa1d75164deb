import { createHash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Adapter, Model, Training } from "../../config/index.ts";
import { digestOf, digestOfFile } from "../../core/digest.ts";
import { inputError } from "../../core/errors.ts";
import type { Artefact } from "../store/store.ts";
import { checkpointIn, type PlanNode } from "./context.ts";

/** The base model: made by a stage of this experiment, or one that is there already. */
export type Base = { adapter?: Adapter | undefined } & (
  | { node: PlanNode; settings: Record<string, never> }
  | { source: string; settings: { base: Record<string, unknown>; dtype: string } }
);

/** What is trained in place of the weights, for the keys of training; they are as before where it is the weights. */
export const adapterKey = ({ adapter }: Base): { adapter?: Adapter } =>
  adapter === undefined ? {} : { adapter };

export const baseInputs = (base: Base): Record<string, PlanNode> =>
  "node" in base ? { base: base.node } : {};

/** Where the base model's weights lie: a folder, or a hub id. */
export const baseSource = (base: Base, inputs: Record<string, Artefact>): string =>
  "node" in base ? checkpointIn(inputs.base!) : base.source;

/** A model that is not made here: named in the keys by its content (a folder) or its id and revision (the hub). */
export async function existingBase(model: Model): Promise<Base> {
  const { dtype, adapter } = model;
  if (model.hub !== undefined)
    return {
      source: model.hub,
      adapter,
      settings: { base: { hub: model.hub, revision: model.revision ?? "main" }, dtype },
    };
  return {
    source: model.path!,
    adapter,
    settings: { base: { folder: await digestOfFolder(model.path!) }, dtype },
  };
}

/** The weights that a method starts from. */
export interface Start {
  /** What of them must stand in a key beside the inputs. */
  settings: Record<string, unknown>;
  inputs: Record<string, PlanNode>;
  /** Where they lie: a folder, or a hub id. */
  source(inputs: Record<string, Artefact>): string;
}

export const startOf = (start: "vft" | "base", { base, vft }: { base: Base; vft: PlanNode }): Start =>
  start === "base"
    ? {
        settings: base.settings,
        inputs: baseInputs(base),
        source: (inputs) => baseSource(base, inputs),
      }
    : { settings: {}, inputs: { checkpoint: vft }, source: (inputs) => checkpointIn(inputs.checkpoint!) };

const small = 8 * 1024 * 1024;
const sampleBytes = 1024 * 1024;

/**
 * A digest of a model's folder that does not read tens of gigabytes: small files whole; of a large one its size
 * and its first and last MiB (a safetensors file begins with the table of its tensors).
 */
async function digestOfFolder(folder: string): Promise<string> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw inputError(
      {
        what: "the model's folder cannot be read",
        where: folder,
        expected: "a folder in Hugging Face format",
      },
      { cause: error },
    );
  });
  const parts: unknown[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const found = await stat(path);
    if (!found.isFile()) continue;
    parts.push([
      name,
      found.size,
      found.size <= small ? await digestOfFile(path) : await digestOfEnds(path, found.size),
    ]);
  }
  return digestOf(parts);
}

async function digestOfEnds(path: string, size: number): Promise<string> {
  const handle = await open(path);
  try {
    const hash = createHash("sha256");
    for (const start of [0, size - sampleBytes]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(sampleBytes), 0, sampleBytes, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}

/** What of the training settings bears on the result, for keys: not how often it is saved. */
export function trainingKey({ saveEvery: _, ...settings }: Training): Omit<Training, "saveEvery"> {
  return settings;
}
