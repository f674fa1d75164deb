import { stringify } from "yaml";
import { inputError, type Problem } from "../core/errors.ts";
import { crossProblems } from "./check/cross.ts";
import { problemsOf } from "./check/issues.ts";
import { resolvePaths } from "./check/paths.ts";
import { warningsOf } from "./check/warnings.ts";
import { type Experiment, experimentSchema } from "./schema/experiment.ts";
import { merge } from "./source/merge.ts";
import { type Reading, readMerged } from "./source/read.ts";
import { treeOfSet } from "./source/set.ts";
import { type Tree, toPlain } from "./source/tree.ts";

/** What is laid over an experiment's files. */
export interface LoadOptions {
  /** `a.b=value` each, laid over the files in order; the value is YAML. */
  set?: readonly string[];
}

/** An experiment that was read and checked. */
export interface Loaded {
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
  const plain = toPlain(tree);
  const pathProblems = resolvePaths(tree, plain);
  const parsed = experimentSchema.safeParse(plain);
  const problems = [
    ...reading.conflicts,
    ...(parsed.success ? [] : problemsOf(parsed.error.issues, tree)),
    ...pathProblems,
    ...crossProblems(plain, tree),
  ];
  if (!parsed.success || problems.length > 0) throw inputError(inOrder(problems));
  const experiment = parsed.data;
  return {
    experiment,
    sources: reading.sources,
    yaml: stringify(experiment),
    warnings: warningsOf(experiment),
  };
}

/** By place in the files, `--set` last; a mistake in a file that is extended twice is told once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  const order = ({ where = "" }: Problem): [string, number, number] => {
    const [, file = "", line = 0, column = 0] = /^(.*):(\d+):(\d+)$/.exec(where) ?? [];
    return [where.startsWith("(") ? "\uffff" : file, Number(line), Number(column)];
  };
  return [...distinct.values()]
    .map((problem) => ({ problem, key: order(problem) }))
    .sort((a, b) =>
      a.key[0] < b.key[0] ? -1 : a.key[0] > b.key[0] ? 1 : a.key[1] - b.key[1] || a.key[2] - b.key[2],
    )
    .map(({ problem }) => problem);
}
