/** A piece of work of an experiment, as a plan holds it: what it is made from, and how it is made. */
import type { Worker } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { keyOf, type Recipe } from "../store/manifest.ts";
import type { Artefact } from "../store/store.ts";
import type { Track } from "../tracking/tracking.ts";
import type { Cost, Expectation } from "./cost.ts";

/** What a stage may use beside its settings and inputs. */
export interface StageContext {
  experiment: Experiment;
  /** The artefact's directory, which may hold what an interrupted run left. */
  directory: string;
  /** The node's label, for what is shown while it runs. */
  label: string;
  /** The worker; started at the first call. */
  worker(): Promise<Worker>;
  progress: ProgressSink;
  signal: AbortSignal;
  /** Opens the stage's run in the experiment's trackers; undefined: nothing is tracked. */
  track?: Track;
}

/** What tells a node from others of its stage, for people. */
export interface NodeLabel {
  /** The method it belongs to, when it is one method's own. */
  method?: string;
  /** The task it is of, where the experiment has several. */
  task?: string;
  /** What tells it from others of its stage, method, task and seed: `beta 0.2`. */
  variant?: string;
  /** undefined: shared by all seeds. */
  seed?: number;
}

export interface PlanNode extends NodeLabel {
  /** The stage's name. */
  stage: string;
  codeVersion: number;
  settings: object;
  /** By role. */
  inputs: Record<string, PlanNode>;
  /** false: it is made without Python. */
  usesWorker: boolean;
  /** Resolves with the facts for the manifest. */
  run(context: StageContext, inputs: Record<string, Artefact>): Promise<object>;
  /** What it sends through the model, by what its inputs are expected to hold; undefined: it uses no model. */
  cost: ((inputs: Record<string, Expectation>) => Cost) | undefined;
  /** What its artefact is expected to hold. */
  expected(inputs: Record<string, Expectation>): Expectation;
}

export const labelOf = ({ stage, method, task, variant, seed }: PlanNode): string =>
  [stage, method, task, variant, seed === undefined ? undefined : `seed ${seed}`]
    .filter((part) => part !== undefined)
    .join(" ");

/** A node never changes, and every node below it asks for its key: each recipe is worked out once. */
const recipes = new WeakMap<PlanNode, Recipe>();

export function recipeOf(node: PlanNode): Recipe {
  const known = recipes.get(node);
  if (known !== undefined) return known;
  const { stage, codeVersion, settings } = node;
  const inputs = Object.entries(node.inputs).map(([role, input]) => [role, keyOfNode(input)]);
  const recipe: Recipe = { stage, codeVersion, settings, inputs: Object.fromEntries(inputs) };
  recipes.set(node, recipe);
  return recipe;
}

export const keyOfNode = (node: PlanNode): string => keyOf(recipeOf(node));
