import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { packagedModels } from "../schema/model.ts";
import { type Entry, type MapTree, mapOf, type Tree, withEntry, withoutKey } from "./tree.ts";

/** A file's map with its short forms written out. */
export const inFull = (map: MapTree): MapTree =>
  withSweepKeysDotted(withRoundsAsMap(withTaskAsList(withModelAsMap(map))));

const isText = (tree: Tree): boolean => tree.kind === "value" && typeof tree.value === "string";

/**
 * `model: text` stands for `model: {path: text}` when a file or folder of that name exists, or the text looks
 * like a path (starts with `.` or `/`), for `{gguf: text}` where it ends in `.gguf`, for `{get: text}` where it is a
 * name of `aft model get`, else for `model: {hub: text}`.
 */
function withModelAsMap(map: MapTree): MapTree {
  const model = map.entries.get("model");
  if (model?.value.kind !== "value" || typeof model.value.value !== "string") return map;
  const { origin, value: name } = model.value;
  const value = mapOf(origin, [[kindOf(name, origin.directory), { key: origin, value: model.value }]]);
  return withEntry(map, "model", { key: model.key, value });
}

function kindOf(name: string, directory: string): "path" | "gguf" | "get" | "hub" {
  if (name.endsWith(".gguf")) return "gguf";
  if (name.startsWith(".") || isAbsolute(name) || existsSync(resolve(directory, name))) return "path";
  return (packagedModels as readonly string[]).includes(name) ? "get" : "hub";
}

/**
 * `task: gsm8k` stands for `tasks: [{task: gsm8k}]`, and `task: {task: gsm8k, ...}` for a list of that one. Beside
 * `tasks` it is left alone, and so refused as a key that is not known.
 */
function withTaskAsList(map: MapTree): MapTree {
  const task = map.entries.get("task");
  if (task === undefined || map.entries.has("tasks")) return map;
  const { key, value } = task;
  const { origin } = value;
  const isNamed = isText(value);
  if (!isNamed && !(value.kind === "map" && value.entries.has("task"))) return map;
  const item = isNamed ? mapOf(origin, [["task", task]]) : value;
  return withEntry(withoutKey(map, "task"), "tasks", { key, value: { kind: "list", origin, items: [item] } });
}

/** `rounds: 3` stands for `rounds: {count: 3}`. */
function withRoundsAsMap(map: MapTree): MapTree {
  const rounds = map.entries.get("rounds");
  if (rounds?.value.kind !== "value" || rounds.value.value === null) return map;
  const { origin } = rounds.value;
  const value = mapOf(origin, [["count", { key: origin, value: rounds.value }]]);
  return withEntry(map, "rounds", { key: rounds.key, value });
}

/**
 * Below `sweep.matrix` and `sweep.pairs` a map of maps stands for dotted keys, so that
 * `--set sweep.matrix.stages.sample.k=[3]` replaces the list that a file gives to `stages.sample.k`.
 */
function withSweepKeysDotted(map: MapTree): MapTree {
  const sweep = map.entries.get("sweep");
  if (sweep?.value.kind !== "map") return map;
  const value = ["matrix", "pairs"].reduce((inner, name) => {
    const part = inner.entries.get(name);
    if (part?.value.kind !== "map") return inner;
    return withEntry(inner, name, { key: part.key, value: mapOf(part.value.origin, leavesOf(part.value)) });
  }, sweep.value);
  return withEntry(map, "sweep", { key: sweep.key, value });
}

const leavesOf = (map: MapTree): [string, Entry][] =>
  [...map.entries].flatMap(([key, entry]): [string, Entry][] =>
    entry.value.kind === "map"
      ? leavesOf(entry.value).map(([below, leaf]) => [`${key}.${below}`, leaf])
      : [[key, entry]],
  );
