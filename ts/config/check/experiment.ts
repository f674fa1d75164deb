import type { Problem } from "../../core/errors.ts";
import { type Experiment, experimentSchema } from "../experiment.ts";
import { type Tree, toPlain } from "../source/tree.ts";
import { crossProblems } from "./cross.ts";
import { problemsOf } from "./issues.ts";
import { resolvePaths } from "./paths.ts";

export interface Checked {
  /** undefined where there are problems. */
  experiment: Experiment | undefined;
  problems: Problem[];
}

/** Everything that is wrong with a merged tree, or the experiment that it is. */
export function checkExperiment(tree: Tree, conflicts: readonly Problem[]): Checked {
  const plain = toPlain(tree);
  const pathProblems = resolvePaths(tree, plain);
  const parsed = experimentSchema.safeParse(plain);
  const problems = [
    ...conflicts,
    ...(parsed.success ? [] : problemsOf(parsed.error.issues, tree)),
    ...pathProblems,
    ...crossProblems(plain, tree),
  ];
  return { experiment: problems.length === 0 ? parsed.data : undefined, problems };
}
