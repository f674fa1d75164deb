import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Tree } from "./tree.ts";

/**
 * `model: text` stands for `model: {path: text}` when a file or folder of that name exists, or the text looks
 * like a path (starts with `.` or `/`), else for `model: {hub: text}`.
 */
export function withModelAsMap(tree: Tree): Tree {
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
