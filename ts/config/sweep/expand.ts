import { canonicalJson } from "../../core/digest.ts";
import { nearestName, type Problem } from "../../core/errors.ts";
import { oneOf } from "../../core/words.ts";
import { at, type MapTree, type Origin, type Tree, toPlain } from "../source/tree.ts";
import { type Axis, axesOf, checkKey, type Setting } from "./axes.ts";

/** More are a mistake rather than a plan. */
export const mostCells = 1000;

/** What one cell lays over the experiment. */
export interface CellSettings {
  settings: Setting[];
  /** Where the cell is written: its item of `include`, or its first value. */
  origin: Origin;
}

export const plainOf = (settings: readonly Setting[]): Record<string, unknown> =>
  Object.fromEntries(settings.map(({ key, value }) => [key, toPlain(value)]));

/** The cells of a `sweep`, in order: the first key changes slowest, those of `include` come last. */
export function expand(sweep: MapTree, problems: Problem[]): CellSettings[] {
  const axes = axesOf(sweep, problems);
  const included = includedBy(sweep, problems);
  if (problems.length > 0) return [];
  const count =
    (axes.length === 0 ? 0 : axes.reduce((product, axis) => product * axis.length, 1)) + included.length;
  if (count === 0 || count > mostCells) {
    problems.push({
      what: count === 0 ? "a sweep of nothing" : `a sweep of ${count} cells`,
      where: sweep.origin.where,
      expected:
        count === 0
          ? "matrix, pairs or include: keys and the values that they take"
          : `at most ${mostCells} cells`,
    });
    return [];
  }
  const cells = axes.length === 0 ? [] : product(axes);
  const left = withoutExcluded(cells, sweep, problems);
  if (left.length + included.length === 0 && problems.length === 0)
    problems.push({ what: "every cell is excluded", where: at(sweep, ["exclude"])!.origin.where });
  return [...left, ...included];
}

const product = (axes: readonly Axis[]): CellSettings[] =>
  axes
    .reduce<Setting[][]>((cells, axis) => cells.flatMap((cell) => axis.map((row) => [...cell, ...row])), [[]])
    .map((settings) => ({ settings, origin: settings[0]!.value.origin }));

const itemsOf = (sweep: MapTree, name: string): MapTree[] => {
  const list = at(sweep, [name]);
  return list?.kind === "list" ? list.items.filter((item) => item.kind === "map") : [];
};

const settingsOf = (item: MapTree): Setting[] =>
  [...item.entries].map(([key, entry]) => ({ key, keyOrigin: entry.key, value: entry.value }));

function includedBy(sweep: MapTree, problems: Problem[]): CellSettings[] {
  return itemsOf(sweep, "include").map((item) => {
    const settings = settingsOf(item);
    for (const { key, keyOrigin } of settings) checkKey(key, keyOrigin, problems);
    if (settings.length === 0)
      problems.push({ what: "sweep.include: a cell that sets nothing", where: item.origin.where });
    return { settings, origin: item.origin };
  });
}

/** The cells that no item of `exclude` takes away; an item that takes none is a mistake. */
function withoutExcluded(
  cells: readonly CellSettings[],
  sweep: MapTree,
  problems: Problem[],
): CellSettings[] {
  const keys = [...new Set(cells.flatMap(({ settings }) => settings.map(({ key }) => key)))];
  const same = (a: Tree, b: Tree): boolean => canonicalJson(toPlain(a)) === canonicalJson(toPlain(b));
  let left = [...cells];
  for (const item of itemsOf(sweep, "exclude")) {
    const wanted = settingsOf(item);
    const unknown = wanted.filter(({ key }) => !keys.includes(key));
    for (const { key, keyOrigin } of unknown)
      problems.push({
        what: `sweep.exclude: ${key} is no key of the sweep's matrix or pairs`,
        where: keyOrigin.where,
        expected: keys.length === 0 ? undefined : oneOf(keys),
        nearest: nearestName(key, keys),
      });
    if (unknown.length > 0) continue;
    const matches = ({ settings }: CellSettings): boolean =>
      wanted.every(({ key, value }) => same(value, settings.find((setting) => setting.key === key)!.value));
    if (wanted.length === 0 || !cells.some(matches))
      problems.push({
        what:
          wanted.length === 0
            ? "sweep.exclude: names no key"
            : "sweep.exclude: no cell has all of these values",
        where: item.origin.where,
        found: wanted.length === 0 ? undefined : toPlain(item),
        expected: "keys and values of cells that are to be left out",
      });
    left = left.filter((cell) => !matches(cell));
  }
  return left;
}
