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
  /** What stands behind a `#` in the place of a value. */
  readonly comment?: string;
}
export interface Entry {
  /** Where the key was written. */
  readonly key: Origin;
  readonly value: Tree;
}

/** Settings that remember where each of them was written, through any number of files. */
export type Tree = MapTree | ListTree | ValueTree;

/** What to do about a text that YAML reads as a comment. */
export const fixOfComment = (part: Tree | undefined): string | undefined =>
  part?.kind === "value" && part.comment !== undefined
    ? "what a # begins is a comment: put the text in quotes"
    : undefined;

export const mapOf = (origin: Origin, entries: Iterable<readonly [string, Entry]> = []): MapTree => ({
  kind: "map",
  origin,
  entries: new Map(entries),
});

export const withEntry = (map: MapTree, key: string, entry: Entry): MapTree =>
  mapOf(map.origin, [...map.entries, [key, entry]]);

export const withoutKey = (map: MapTree, key: string): MapTree =>
  mapOf(
    map.origin,
    [...map.entries].filter(([name]) => name !== key),
  );

export function toPlain(tree: Tree): unknown {
  if (tree.kind === "value") return tree.value;
  if (tree.kind === "list") return tree.items.map(toPlain);
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}

/** The part of the tree at a path, or undefined. */
export function at(tree: Tree, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>((part, step) => part && child(part, step), tree);
}

function child(tree: Tree, step: PropertyKey): Tree | undefined {
  if (tree.kind === "map") return tree.entries.get(String(step))?.value;
  if (tree.kind === "list") return tree.items[Number(step)];
  return undefined;
}

/** Where the value at a path was written; for what is nowhere written, the key of the nearest map around it. */
export function originOf(tree: Tree, path: Path): Origin {
  return (at(tree, path) ?? { origin: keyOriginOf(tree, path.slice(0, -1)) }).origin;
}

/** Where the key at a path was written (a list's item has no key: the item itself). */
export function keyOriginOf(tree: Tree, path: Path): Origin {
  if (path.length === 0) return tree.origin;
  const outer = path.slice(0, -1);
  const parent = at(tree, outer);
  const key = path.at(-1)!;
  const origin =
    parent?.kind === "map"
      ? parent.entries.get(String(key))?.key
      : parent?.kind === "list"
        ? parent.items[Number(key)]?.origin
        : undefined;
  return origin ?? keyOriginOf(tree, outer);
}
