import type { Path } from "../../core/shape.ts";

/** Where a key or value was written. */
export interface Origin {
  /** `file:line:column`, or `(--set key=value)`. */
  readonly where: string;
  /** The folder that relative paths in it start from. */
  readonly directory: string;
}

export interface MapTree {
  readonly kind: "map";
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, Entry>;
}
export interface ListTree {
  readonly kind: "list";
  readonly origin: Origin;
  readonly items: readonly Tree[];
}
export interface ValueTree {
  readonly kind: "value";
  readonly origin: Origin;
  readonly value: unknown;
}
export interface Entry {
  /** Where the key was written. */
  readonly key: Origin;
  readonly value: Tree;
}

/** Settings that remember where each of them was written, through any number of files. */
export type Tree = MapTree | ListTree | ValueTree;

export const emptyMap = (origin: Origin): MapTree => ({ kind: "map", origin, entries: new Map() });

export function toPlain(tree: Tree): unknown {
  if (tree.kind === "value") return tree.value;
  if (tree.kind === "list") return tree.items.map(toPlain);
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}

/** The part of the tree at a path, or undefined. */
export function at(tree: Tree, path: Path): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const step of path) here = here === undefined ? undefined : child(here, step);
  return here;
}

function child(tree: Tree, step: PropertyKey): Tree | undefined {
  if (tree.kind === "map") return tree.entries.get(String(step))?.value;
  if (tree.kind === "list") return tree.items[Number(step)];
  return undefined;
}

/** Where the value at a path was written; for what is nowhere written, the key of the nearest map around it. */
export function originOf(tree: Tree, path: Path): Origin {
  const found = at(tree, path);
  return found !== undefined ? found.origin : keyOriginOf(tree, path.slice(0, -1));
}

/** Where the key at a path was written (a list's item has no key: the item itself). */
export function keyOriginOf(tree: Tree, path: Path): Origin {
  if (path.length === 0) return tree.origin;
  const parent = at(tree, path.slice(0, -1));
  const key = path.at(-1)!;
  if (parent?.kind === "map" && parent.entries.has(String(key))) return parent.entries.get(String(key))!.key;
  if (parent?.kind === "list" && parent.items[Number(key)] !== undefined)
    return parent.items[Number(key)]!.origin;
  return keyOriginOf(tree, path.slice(0, -1));
}
