/** What varies in a sweep: keys, and keys that go together. */
import { shortKey } from "../../config/index.ts";
import { canonicalJson } from "../../core/digest.ts";
import type { CellResult } from "./results.ts";

export interface AxisValue {
  /** As it is written: `3`, `0.1`, `1e-4, 100`. */
  text: string;
  cells: CellResult[];
}

/** A key, or several that always change together. */
export interface SweepAxis {
  keys: string[];
  /** Short names of the keys: `k`. */
  name: string;
  /** One key, and all its values are numbers: they have an order. */
  isNumeric: boolean;
  /** By size where they are numbers, else as they come. */
  values: AxisValue[];
}

/**
 * The axes of a sweep's cells. Keys with one value in all cells are none; keys that determine each other are one, since
 * nothing can be said of either alone.
 */
export function axesOf(keys: readonly string[], cells: readonly CellResult[]): SweepAxis[] {
  const varying = keys.filter((key) => new Set(cells.map((cell) => valueText(cell, key))).size > 1);
  const groups: string[][] = [];
  for (const key of varying) {
    const group = groups.find(([first]) => goTogether(first!, key, cells));
    if (group === undefined) groups.push([key]);
    else group.push(key);
  }
  const all = groups.map((group) => axisOf(group, cells));
  return all.map((axis) => ({ ...axis, name: axis.keys.map((key) => shortKey(key, keys)).join(", ") }));
}

function axisOf(keys: string[], cells: readonly CellResult[]): Omit<SweepAxis, "name"> {
  const values = new Map<string, AxisValue>();
  for (const cell of cells) {
    const text = keys.map((key) => valueText(cell, key)).join(", ");
    const value = values.get(text) ?? { text, cells: [] };
    value.cells.push(cell);
    values.set(text, value);
  }
  const isNumeric =
    keys.length === 1 && cells.every(({ settings }) => typeof settings[keys[0]!] === "number");
  const inOrder = [...values.values()];
  if (isNumeric) inOrder.sort((a, b) => Number(a.text) - Number(b.text));
  return { keys, isNumeric, values: inOrder };
}

/** Each value of one comes with one value of the other, and the other way round. */
function goTogether(a: string, b: string, cells: readonly CellResult[]): boolean {
  const pairs = new Set(cells.map((cell) => `${valueText(cell, a)}\n${valueText(cell, b)}`));
  const valuesOf = (key: string): number => new Set(cells.map((cell) => valueText(cell, key))).size;
  return pairs.size === valuesOf(a) && pairs.size === valuesOf(b);
}

/** A cell of `include` need not set every key. */
const notSet = "as in the file";

export function valueText({ settings }: CellResult, key: string): string {
  const value = settings[key];
  if (value === undefined) return notSet;
  if (value === null) return "none";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return typeof value === "object" ? canonicalJson(value) : String(value);
}

/** The cells that agree in all axes but one: what that axis does is seen within each. */
export function rowsAcross(axis: SweepAxis, axes: readonly SweepAxis[], cells: readonly CellResult[]) {
  const others = axes.filter((other) => other !== axis);
  const rows = new Map<string, { text: string; cells: Set<CellResult> }>();
  for (const cell of cells) {
    const text = others
      .map((other) => `${other.name} = ${other.keys.map((key) => valueText(cell, key)).join(", ")}`)
      .join(", ");
    const row = rows.get(text) ?? { text, cells: new Set() };
    row.cells.add(cell);
    rows.set(text, row);
  }
  return [...rows.values()];
}

/** `k = 3, temperature = 1`: what a cell sets, in short. */
export const cellText = (cell: CellResult, axes: readonly SweepAxis[]): string =>
  axes
    .map(({ name, keys }) => `${name} = ${keys.map((key) => valueText(cell, key)).join(", ")}`)
    .join(", ") || cell.cell;
