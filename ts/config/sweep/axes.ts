import { canonicalJson } from "../../core/digest.ts";
import type { Problem } from "../../core/errors.ts";
import { at, type MapTree, type Origin, type Tree, toPlain } from "../source/tree.ts";

/** A key of a sweep with one of its values. */
export interface Setting {
  /** Dotted, as `--set` takes it. */
  key: string;
  keyOrigin: Origin;
  value: Tree;
}

/** Values of one key, or of several that go together: a row for each. */
export type Axis = Setting[][];

/** What varies, in the order in which it was written: each key of `matrix` by itself, those of `pairs` together. */
export function axesOf(sweep: MapTree, problems: Problem[]): Axis[] {
  const matrix = listsOf(sweep, "matrix", problems);
  const pairs = listsOf(sweep, "pairs", problems);
  for (const { key, keyOrigin } of pairs)
    if (matrix.some((listed) => listed.key === key))
      problems.push({
        what: `sweep.pairs.${key}: the matrix has this key too`,
        where: keyOrigin.where,
        expected: "each key in one of them",
      });
  for (const { key, values } of matrix) refuseTwice(key, values, problems);
  const [first] = pairs;
  const uneven = pairs.filter(({ values }) => values.length !== first!.values.length);
  for (const { key, keyOrigin, values } of uneven)
    problems.push({
      what: `sweep.pairs.${key} has ${values.length} values, and sweep.pairs.${first!.key} has ${first!.values.length}`,
      where: keyOrigin.where,
      expected: "lists of equal length: the first values go together, then the second ones, and so on",
    });
  const axes = matrix.map(
    ({ key, keyOrigin, values }): Axis => values.map((value) => [{ key, keyOrigin, value }]),
  );
  if (first === undefined || uneven.length > 0) return axes;
  const rows = first.values.map((_, row) =>
    pairs.map(({ key, keyOrigin, values }): Setting => ({ key, keyOrigin, value: values[row]! })),
  );
  return [...axes, rows];
}

interface Listed {
  key: string;
  keyOrigin: Origin;
  values: readonly Tree[];
}

function listsOf(sweep: MapTree, part: "matrix" | "pairs", problems: Problem[]): Listed[] {
  const map = at(sweep, [part]);
  if (map?.kind !== "map") return [];
  return [...map.entries].flatMap(([key, { key: keyOrigin, value }]): Listed[] => {
    checkKey(key, keyOrigin, problems);
    if (value.kind === "list" && value.items.length > 0) return [{ key, keyOrigin, values: value.items }];
    const empty = value.kind === "list";
    problems.push({
      what: `sweep.${part}.${key}: ${empty ? "an empty list" : "not a list"}`,
      where: value.origin.where,
      found: empty ? undefined : toPlain(value),
      expected: "a list with at least one value, such as [3, 6, 9]",
    });
    return [];
  });
}

/** The experiment's name is that of the sweep; the cells are named by what varies. */
const notSwept = ["name", "sweep", "extends"];

export function checkKey(key: string, origin: Origin, problems: Problem[]): void {
  const path = key.split(".");
  if (path.includes(""))
    problems.push({
      what: `not a key: ${JSON.stringify(key)}`,
      where: origin.where,
      expected: "a key as --set takes it, such as stages.sample.k",
    });
  else if (notSwept.includes(path[0]!))
    problems.push({
      what: `${path[0]} cannot vary in a sweep`,
      where: origin.where,
      expected: "a setting of the experiment",
      fix: path[0] === "name" ? "remove it: each cell is named by what it sets" : undefined,
    });
}

function refuseTwice(key: string, values: readonly Tree[], problems: Problem[]): void {
  const texts = values.map((value) => canonicalJson(toPlain(value)));
  for (const [index, text] of texts.entries())
    if (texts.indexOf(text) < index)
      problems.push({
        what: `sweep.matrix.${key}: a value is given twice`,
        where: values[index]!.origin.where,
        found: toPlain(values[index]!),
        expected: "values that all differ",
      });
}
