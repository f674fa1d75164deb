import type { Problem } from "../../core/errors.ts";
import { dotted } from "../../core/shape.ts";
import { exclusiveKeys } from "../schema/exclusive.ts";
import { type Entry, fixOfComment, type MapTree, mapOf, type Tree } from "./tree.ts";

/**
 * Lays one tree over another: maps merge deeply, lists and single values replace, null removes what is
 * inherited, and of {@link exclusiveKeys} the upper tree's choice drops the lower one's.
 */
export function merge(lower: Tree, upper: Tree, problems: Problem[], path: readonly string[] = []): Tree {
  if (upper.kind !== "map") return upper;
  if (lower.kind === "list" && isByIndex(upper, lower.items.length))
    return mergeItems(lower.items, upper, problems, path);
  const base = lower.kind === "map" ? lower : mapOf(upper.origin);
  const entries = new Map<string, Entry>(base.entries);
  // Below `methods` the keys are names of the user's choice, which may happen to be "steps".
  if (path.at(-1) !== "methods") for (const key of replacedBy(upper)) entries.delete(key);
  for (const [key, entry] of upper.entries) {
    const inherited = base.entries.get(key);
    if (isNull(entry)) {
      if (inherited === undefined) problems.push(nothingToRemove([...path, key], entry));
      entries.delete(key);
    } else {
      const under = entries.get(key)?.value ?? mapOf(entry.value.origin);
      entries.set(key, { key: entry.key, value: merge(under, entry.value, problems, [...path, key]) });
    }
  }
  return mapOf(upper.origin, entries);
}

/** The keys of the lower tree that a choice in the upper one does away with. */
function replacedBy(upper: MapTree): string[] {
  return exclusiveKeys
    .filter((keys) => keys.some((key) => upper.entries.has(key) && !isNull(upper.entries.get(key)!)))
    .flatMap((keys) => keys.filter((key) => !upper.entries.has(key)));
}

const isNull = (entry: Entry): boolean => entry.value.kind === "value" && entry.value.value === null;

const nothingToRemove = (path: readonly string[], entry: Entry): Problem => ({
  what: `${dotted(path)} has no value`,
  where: entry.key.where,
  expected: "a value, or no such key: null only removes what a file named in extends gives",
  fix: fixOfComment(entry.value),
});

/** `--set tasks.0.train=100` reaches into a list: a map whose only keys are numbers of existing items. */
const isByIndex = (map: MapTree, length: number): boolean =>
  map.entries.size > 0 && [...map.entries.keys()].every((key) => /^\d+$/.test(key) && Number(key) < length);

function mergeItems(
  items: readonly Tree[],
  upper: MapTree,
  problems: Problem[],
  path: readonly string[],
): Tree {
  return {
    kind: "list",
    origin: upper.origin,
    items: items.map((item, index) => {
      const entry = upper.entries.get(String(index));
      return entry === undefined ? item : merge(item, entry.value, problems, [...path, String(index)]);
    }),
  };
}
