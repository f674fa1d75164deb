import { stringify } from "yaml";
import { inputError } from "../core/errors.ts";
import { checkExperiment } from "./check/experiment.ts";
import { inOrder } from "./check/order.ts";
import { warningsOf } from "./check/warnings.ts";
import type { Experiment } from "./experiment.ts";
import { merge } from "./source/merge.ts";
import { type Reading, readMerged } from "./source/read.ts";
import { treeOfSet } from "./source/set.ts";
import type { Tree } from "./source/tree.ts";
import { type LoadedSweep, sweepOf } from "./sweep/load.ts";

/** What is laid over an experiment's files. */
export interface LoadOptions {
  /** `a.b=value` each, laid over the files in order; the value is YAML. */
  set?: readonly string[];
}

/** An experiment that was read and checked. */
export interface Loaded {
  /** What is run. */
  experiment: Experiment;
  /** The files it was made from, absolute, in the order in which they were laid over each other. */
  sources: string[];
  /** The whole experiment as YAML: every default filled in, nothing extended, paths absolute. */
  yaml: string;
  /** What is allowed but probably not meant, one sentence each. */
  warnings: string[];
}

/**
 * Reads an experiment with all that it extends, and checks it. Throws one AftError (exit code 2) that holds all
 * problems: each with the place of the key or value in the file that it came from.
 */
export async function loadExperiment(path: string, options: LoadOptions = {}): Promise<Loaded> {
  const loaded = await loadFile(path, options);
  if ("experiment" in loaded) return loaded;
  throw inputError({
    what: `this file is a sweep of ${loaded.cells.length} experiments, where one is wanted`,
    where: loaded.where,
    expected: "a file without `sweep`",
  });
}

/** The same for a file that may be a sweep: one experiment, or all that its sweep makes, each checked. */
export async function loadFile(path: string, options: LoadOptions = {}): Promise<Loaded | LoadedSweep> {
  const { tree, sources, conflicts } = await readTree(path, options);
  if (tree.kind === "map" && tree.entries.has("sweep"))
    return sweepOf(tree, { sources, conflicts, set: options.set ?? [] });
  const { experiment, problems } = checkExperiment(tree, conflicts);
  if (experiment === undefined) throw inputError(inOrder(problems));
  return { experiment, sources, yaml: stringify(experiment), warnings: warningsOf(experiment) };
}

/** The files and the settings, laid over each other. */
async function readTree(path: string, options: LoadOptions) {
  const reading: Reading = { problems: [], conflicts: [], sources: [] };
  const files = await readMerged(path, reading);
  const settings = (options.set ?? []).map((setting) => treeOfSet(setting, reading.conflicts));
  // Below broken syntax or a missing file every further message would be about what was not read.
  if (files === undefined || reading.problems.length > 0)
    throw inputError(inOrder([...reading.problems, ...reading.conflicts]));
  const tree = settings.reduce<Tree>(
    (lower, upper) => (upper === undefined ? lower : merge(lower, upper, reading.conflicts)),
    files,
  );
  return { tree, ...reading };
}
