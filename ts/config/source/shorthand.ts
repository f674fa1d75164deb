import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Entry, MapTree, Tree } from "./tree.ts";

/** A file's map with its short forms written out. */
export const inFull = (tree: Tree): Tree => withSweepKeysDotted(withTaskAsList(withModelAsMap(tree)));

/**
 * `model: text` stands for `model: {path: text}` when a file or folder of that name exists, or the text looks
 * like a path (starts with `.` or `/`), else for `model: {hub: text}`.
 */
function withModelAsMap(tree: Tree): Tree {
  const model = tree.kind === "map" ? tree.entries.get("model") : undefined;
  if (tree.kind !== "map" || model?.value.kind !== "value" || typeof model.value.value !== "string")
    return tree;
  const { origin, value: name } = model.value;
  const isPath = name.startsWith(".") || isAbsolute(name) || existsSync(resolve(origin.directory, name));
  const map: Tree = {
    kind: "map",
    origin,
    entries: new Map([[isPath ? "path" : "hub", { key: origin, value: model.value }]]),
  };
  return { ...tree, entries: new Map([...tree.entries, ["model", { key: model.key, value: map }]]) };
}

/**
 * `task: gsm8k` stands for `tasks: [{task: gsm8k}]`, and `task: {task: gsm8k, ...}` for a list of that one. Beside
 * `tasks` it is left alone, and so refused as a key that is not known.
 */
function withTaskAsList(tree: Tree): Tree {
  const task = tree.kind === "map" ? tree.entries.get("task") : undefined;
  if (tree.kind !== "map" || task === undefined || tree.entries.has("tasks")) return tree;
  const { key, value } = task;
  const { origin } = value;
  const named = value.kind === "value" && typeof value.value === "string";
  if (!named && !(value.kind === "map" && value.entries.has("task"))) return tree;
  const item: Tree = named ? { kind: "map", origin, entries: new Map([["task", { key, value }]]) } : value;
  const entries = new Map([...tree.entries].filter(([name]) => name !== "task"));
  return { ...tree, entries: entries.set("tasks", { key, value: { kind: "list", origin, items: [item] } }) };
}

/**
 * Below `sweep.matrix` and `sweep.pairs` a map of maps stands for dotted keys, so that
 * `--set sweep.matrix.stages.sample.k=[3]` replaces the list that a file gives to `stages.sample.k`.
 */
function withSweepKeysDotted(tree: Tree): Tree {
  const sweep = tree.kind === "map" ? tree.entries.get("sweep") : undefined;
  if (tree.kind !== "map" || sweep?.value.kind !== "map") return tree;
  const parts = new Map(sweep.value.entries);
  for (const name of ["matrix", "pairs"]) {
    const part = parts.get(name);
    if (part?.value.kind === "map")
      parts.set(name, { ...part, value: { ...part.value, entries: new Map(leavesOf(part.value)) } });
  }
  return {
    ...tree,
    entries: new Map(tree.entries).set("sweep", { ...sweep, value: { ...sweep.value, entries: parts } }),
  };
}

const leavesOf = (map: MapTree): [string, Entry][] =>
  [...map.entries].flatMap(([key, entry]): [string, Entry][] =>
    entry.value.kind === "map"
      ? leavesOf(entry.value).map(([below, leaf]) => [`${key}.${below}`, leaf])
      : [[key, entry]],
  );
