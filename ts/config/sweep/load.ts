import { stringify } from "yaml";
import { z } from "zod";
import { canonicalJson } from "../../core/digest.ts";
import { inputError, nearestName, type Problem } from "../../core/errors.ts";
import { oneOf } from "../../core/words.ts";
import { type Checked, checkExperiment } from "../check/experiment.ts";
import { problemsOf } from "../check/issues.ts";
import { inOrder } from "../check/order.ts";
import { warningsOf } from "../check/warnings.ts";
import type { Experiment } from "../experiment.ts";
import { asSlug } from "../schema/patterns.ts";
import { type BestBy, sweepSchema } from "../schema/sweep.ts";
import { merge } from "../source/merge.ts";
import { treeAt } from "../source/set.ts";
import { at, keyOriginOf, type MapTree, originOf, type Tree, toPlain, withoutKey } from "../source/tree.ts";
import { problemsByCell, warningsByCell } from "./by-cell.ts";
import { type CellSettings, expand, plainOf } from "./expand.ts";
import { cellNames } from "./names.ts";

/** One experiment of a sweep. */
export interface Cell {
  /** From what it sets, safe as a folder's name: `k=3,beta=0.1`. */
  cell: string;
  /** By dotted key. */
  settings: Record<string, unknown>;
  experiment: Experiment;
  /** The whole experiment as YAML, under a name of its own, so that it runs by itself too. */
  yaml: string;
}

export interface LoadedSweep {
  name: string;
  description: string;
  /** What varies, in order. */
  keys: string[];
  best: BestBy;
  cells: Cell[];
  sources: string[];
  warnings: string[];
  /** Where `sweep` was written. */
  where: string;
}

interface Read {
  sources: string[];
  conflicts: readonly Problem[];
  /** The `--set` of the command line. */
  set: readonly string[];
}

/** All experiments of a merged tree with a `sweep`, each checked as one by itself is. Throws all problems at once. */
export function sweepOf(whole: MapTree, { sources, conflicts, set }: Read): LoadedSweep {
  const base = withoutKey(whole, "sweep");
  const sweep = at(whole, ["sweep"])!;
  const problems: Problem[] = [];
  const { best } = settingsOf(sweep, whole, problems);
  const cells = sweep.kind === "map" && problems.length === 0 ? expand(sweep, problems) : [];
  if (problems.length === 0) problems.push(...hiddenSets(cells, set), ...newMethods(cells, base));
  if (problems.length > 0) throw inputError(inOrder([...conflicts, ...problems]));
  const names = cellNames(cells.map(({ settings }) => plainOf(settings)));
  const checked = cells.map((cell): Checked => {
    const cellConflicts = [...conflicts];
    return checkExperiment(withSettings(base, cell, cellConflicts), cellConflicts);
  });
  const wrong = problemsByCell(checked.map(({ problems: items }, index) => ({ cell: names[index]!, items })));
  if (wrong.length > 0) throw inputError(inOrder(wrong));
  const experiments = checked.map(({ experiment }) => experiment!);
  refuseEqual(experiments, cells, names);
  refuseUnknownBest(best, experiments, whole);
  return {
    name: experiments[0]!.name,
    description: experiments[0]!.description,
    keys: [...new Set(cells.flatMap(({ settings }) => settings.map(({ key }) => key)))],
    best,
    cells: experiments.map((experiment, index) => ({
      cell: names[index]!,
      settings: plainOf(cells[index]!.settings),
      experiment,
      yaml: stringify({ ...experiment, name: asSlug(`${experiment.name}-${names[index]}`) }),
    })),
    sources,
    warnings: warningsByCell(
      experiments.map((experiment, index) => ({ cell: names[index]!, items: warningsOf(experiment) })),
    ),
    where: keyOriginOf(whole, ["sweep"]).where,
  };
}

/** The sweep's own keys; the lists of matrix and pairs are checked where they are expanded, in words of their own. */
function settingsOf(sweep: Tree, whole: Tree, problems: Problem[]): { best: BestBy } {
  const parsed = z.object({ sweep: sweepSchema }).safeParse({ sweep: toPlain(sweep) });
  if (parsed.success) return parsed.data.sweep;
  const isOfLists = ({ path }: z.core.$ZodIssue): boolean =>
    (path[1] === "matrix" || path[1] === "pairs") && path.length > 2;
  problems.push(
    ...problemsOf(
      parsed.error.issues.filter((issue) => !isOfLists(issue)),
      whole,
    ),
  );
  return { best: { metric: "accuracy" } };
}

const withSettings = (base: Tree, { settings }: CellSettings, conflicts: Problem[]): Tree =>
  settings.reduce<Tree>(
    (tree, { key, keyOrigin, value }) =>
      merge(tree, treeAt(key.split("."), keyOrigin, value, tree), conflicts),
    base,
  );

/** A `--set` of a key that every cell sets would have no effect. */
function hiddenSets(cells: readonly CellSettings[], set: readonly string[]): Problem[] {
  return set.flatMap((assignment) => {
    const key = assignment.slice(0, assignment.indexOf("=")).trim();
    if (!cells.every(({ settings }) => settings.some((setting) => setting.key === key))) return [];
    return [
      {
        what: `has no effect: the sweep sets ${key} in every cell`,
        where: `(--set ${assignment})`,
        fix: `--set 'sweep.matrix.${key}=[...]' replaces the sweep's own list`,
      },
    ];
  });
}

/** `methods.aft-bd.beta` would make a method of that name, which is a mistake. */
function newMethods(cells: readonly CellSettings[], base: Tree): Problem[] {
  const methods = at(base, ["methods"]);
  const names = methods?.kind === "map" ? [...methods.entries.keys()] : [];
  const made = cells
    .flatMap(({ settings }) => settings.map(({ key }) => key.split(".")))
    .filter((path) => path[0] === "methods" && path.length === 2)
    .map((path) => path[1]!);
  return cells.flatMap(({ settings }) =>
    settings.flatMap(({ key, keyOrigin }): Problem[] => {
      const [first, name = "", ...rest] = key.split(".");
      if (first !== "methods" || rest.length === 0 || names.includes(name) || made.includes(name)) return [];
      return [
        {
          what: `${key}: there is no method "${name}"`,
          where: keyOrigin.where,
          expected: names.length === 0 ? undefined : oneOf(names),
          nearest: nearestName(name, names),
        },
      ];
    }),
  );
}

function refuseEqual(
  experiments: readonly Experiment[],
  cells: readonly CellSettings[],
  names: readonly string[],
): void {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, experiment] of experiments.entries()) {
    const text = canonicalJson(experiment);
    const earlier = seen.get(text);
    if (earlier === undefined) seen.set(text, index);
    else
      problems.push({
        what: `this cell is the same experiment as the cell ${names[earlier]}`,
        where: cells[index]!.origin.where,
        found: plainOf(cells[index]!.settings),
        expected: "cells that all differ",
      });
  }
  if (problems.length > 0) throw inputError(inOrder(problems));
}

function refuseUnknownBest({ method }: BestBy, experiments: readonly Experiment[], whole: Tree): void {
  const names = [...new Set(experiments.flatMap(({ methods }) => Object.keys(methods)))];
  if (method === undefined || names.includes(method)) return;
  throw inputError({
    what: `sweep.best.method: there is no method "${method}"`,
    where: originOf(whole, ["sweep", "best", "method"]).where,
    expected: oneOf(names),
    nearest: nearestName(method, names),
  });
}
