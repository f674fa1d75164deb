import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { packagedModels } from "../schema/model.ts";
import { taskKinds } from "../schema/tasks/index.ts";
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
 * `task` stands for `tasks` with one task, and is taken wherever a task is; `tasks` may be a task too, and so one of its
 * items. Beside `tasks` it is left alone, and so refused as a key that is not known.
 */
function withTaskAsList(map: MapTree): MapTree {
  const name = map.entries.has("tasks") ? "tasks" : "task";
  const given = map.entries.get(name);
  if (given === undefined) return map;
  const { key, value } = given;
  const isRemoved = value.kind === "value" && value.value === null;
  // A map that is no task reaches into a list that is inherited: `--set tasks.0.train=100`.
  if (isRemoved || (name === "tasks" && value.kind === "map" && !isTask(value)))
    return renamed(map, name, given);
  const items = value.kind === "list" ? value.items : [value];
  const list: Tree = { kind: "list", origin: value.origin, items: items.map(taskInFull) };
  return renamed(map, name, { key, value: list });
}

const renamed = (map: MapTree, name: string, tasks: Entry): MapTree =>
  withEntry(withoutKey(map, name), "tasks", tasks);

const isTask = (map: MapTree): boolean => map.entries.has("task") || kindAlone(map) !== undefined;

/** `gsm8k` stands for `{task: gsm8k}`, and `{custom: {file: ...}}` for `{task: custom, file: ...}`. */
function taskInFull(tree: Tree): Tree {
  const { origin } = tree;
  if (isText(tree)) return mapOf(origin, [["task", { key: origin, value: tree }]]);
  const alone = tree.kind === "map" ? kindAlone(tree) : undefined;
  if (alone === undefined) return tree;
  const [name, { key, value }] = alone;
  const task: Entry = { key, value: { kind: "value", origin: key, value: name } };
  return mapOf(origin, [["task", task], ...(value.kind === "map" ? value.entries : [])]);
}

/** The one key of a map that has the name of a kind of task, and its settings. */
function kindAlone({ entries }: MapTree): [string, Entry] | undefined {
  const [[name, entry] = ["", undefined]] = entries;
  const isNull = entry?.value.kind === "value" && entry.value.value === null;
  const isKind = entries.size === 1 && (taskKinds as readonly string[]).includes(name);
  return isKind && entry !== undefined && (entry.value.kind === "map" || isNull) ? [name, entry] : undefined;
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
