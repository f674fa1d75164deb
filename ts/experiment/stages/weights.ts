/** The weights that a stage works on: an artefact's, or those of a model that is there already. */
import type { Adapter, Model, Training } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { digestOfFile } from "../../core/digest.ts";
import { inputError } from "../../core/errors.ts";
import { keptModel } from "../../data/index.ts";
import { missingModel } from "../models/index.ts";
import { weightsIn } from "../store/files.ts";
import { digestOfFolder } from "../store/folder-digest.ts";
import type { Artefact } from "../store/store.ts";
import { convert } from "./convert.ts";
import type { PlanNode } from "./node.ts";

/** `role`: as what the artefact stands among a stage's inputs. */
export type Weights = { role: "base" | "checkpoint"; node: PlanNode } | { source: string; key: ModelKey };

/** What of a model that is there stands in a key: its content (a folder) or its id and revision (the hub). */
export interface ModelKey {
  base: { hub: string; revision: string } | { folder: string };
  dtype: string;
}

/** The base model, and what is trained in place of its weights. */
export interface Base {
  weights: Weights;
  adapter: Adapter | undefined;
}

/** What of weights must stand in the settings of a stage beside its inputs. */
export const weightsKey = (weights: Weights): Partial<ModelKey> => ("key" in weights ? weights.key : {});

export const weightsInputs = (weights: Weights): { base?: PlanNode; checkpoint?: PlanNode } =>
  "node" in weights ? { [weights.role]: weights.node } : {};

/** Where they lie: a folder, or a hub id. */
export const sourceOf = (
  weights: Weights,
  inputs: { base?: Artefact | undefined; checkpoint?: Artefact | undefined },
): string => ("node" in weights ? weightsIn(inputs[weights.role]!) : weights.source);

/** The folder of a model that lies in one; undefined for a model that does not. */
export const folderOfModel = ({ path, get }: Pick<Model, "path" | "get">): string | undefined =>
  path ?? (get === undefined ? undefined : keptModel(get));

/** A model that is not made from scratch here. Of a GGUF file a folder is made first, by its content. */
export async function existingWeights(model: Model): Promise<Weights> {
  const { dtype, hub, gguf, get, revision = "main" } = model;
  if (hub !== undefined) return { source: hub, key: { base: { hub, revision }, dtype } };
  if (gguf !== undefined)
    return { role: "base", node: convert.node({ file: gguf, digest: await digestOfFile(gguf) }) };
  const folder = folderOfModel(model)!;
  const problem = get === undefined ? undefined : await missingModel(get);
  if (problem !== undefined) throw inputError(problem);
  return { source: folder, key: { base: { folder: await digestOfFolder(folder) }, dtype } };
}

/** What of a training bears on the result, for its key: not how often it is saved, and the weights that it starts from. */
export const trainingKey = (
  { saveEvery: _, ...training }: Training,
  start: Weights,
  adapter: Adapter | undefined,
) => ({ ...training, ...weightsKey(start), ...defined({ adapter }) });
