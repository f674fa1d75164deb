import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { nearestName, type Problem, systemCode } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import { merge } from "./merge.ts";
import { parseYaml } from "./parse.ts";
import { inFull } from "./shorthand.ts";
import { emptyMap, type MapTree, type Tree } from "./tree.ts";

/** What reading a file and all that it extends gathers. */
export interface Reading {
  /** What kept a file from being read. */
  problems: Problem[];
  /** What went wrong in laying files over each other. */
  conflicts: Problem[];
  /** Absolute paths in the order in which they were laid over each other, each once. */
  sources: string[];
}

interface Asked {
  /** The name as it was written. */
  name: string;
  file: string;
  /** Where it was asked for; undefined for the experiment's own file. */
  where?: string;
}

/** Reads a file with all that it extends, merged; undefined when a file could not be read or is not a map. */
export function readMerged(path: string, reading: Reading): Promise<Tree | undefined> {
  return read({ name: path, file: resolve(path) }, [], reading);
}

async function read(asked: Asked, chain: readonly string[], reading: Reading): Promise<Tree | undefined> {
  if (chain.includes(asked.file)) {
    const circle = [...chain.slice(chain.indexOf(asked.file)), asked.file].map(shownPath).join(" -> ");
    reading.problems.push({ what: `extends goes round in a circle: ${circle}`, where: asked.where });
    return undefined;
  }
  const own = await readOwn(asked, reading);
  if (own === undefined) return undefined;
  const { extended, rest } = splitExtends(own, reading);
  let merged: Tree = emptyMap(rest.origin);
  for (const parent of extended) {
    const tree = await read(parent, [...chain, asked.file], reading);
    if (tree !== undefined) merged = merge(merged, tree, reading.conflicts);
  }
  if (!reading.sources.includes(asked.file)) reading.sources.push(asked.file);
  return merge(merged, inFull(rest), reading.conflicts);
}

async function readOwn(asked: Asked, reading: Reading): Promise<MapTree | undefined> {
  let text: string;
  try {
    text = await readFile(asked.file, "utf8");
  } catch (error) {
    reading.problems.push(unreadable(asked, error));
    return undefined;
  }
  const { tree, problems } = parseYaml(text, asked.file);
  reading.problems.push(...problems);
  if (problems.length > 0) return undefined;
  if (tree?.kind === "map") return tree;
  const kind = tree === undefined ? "empty" : tree.kind === "list" ? "a list" : "a single value";
  reading.problems.push({
    what: `the file is ${kind}`,
    where: tree?.origin.where ?? shownPath(asked.file),
    expected: "a map: lines of `key: value`, such as `name: my-experiment`",
  });
  return undefined;
}

function unreadable(asked: Asked, error: unknown): Problem {
  const code = systemCode(error);
  const where = asked.where ?? shownPath(asked.file);
  const found = asked.where === undefined ? undefined : asked.name;
  if (code === "EISDIR") return { what: "is a folder", where, found, expected: "a YAML file" };
  if (code !== "ENOENT" && code !== "ENOTDIR")
    return {
      what: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      where,
      found,
    };
  const nearest = nearestName(basename(asked.file), yamlFilesIn(dirname(asked.file)));
  return {
    what: asked.where === undefined ? "no such file" : `no such file: ${shownPath(asked.file)}`,
    where,
    found,
    expected: "a YAML file",
    nearest: nearest === undefined ? undefined : shownPath(resolve(dirname(asked.file), nearest)),
  };
}

function yamlFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
}

/** Takes `extends` out of a file's map. */
function splitExtends(tree: MapTree, reading: Reading): { extended: Asked[]; rest: MapTree } {
  const entry = tree.entries.get("extends");
  if (entry === undefined) return { extended: [], rest: tree };
  const extended: Asked[] = [];
  for (const item of entry.value.kind === "list" ? entry.value.items : [entry.value]) {
    if (item.kind === "value" && typeof item.value === "string" && item.value !== "")
      extended.push({
        name: item.value,
        file: resolve(item.origin.directory, item.value),
        where: item.origin.where,
      });
    else
      reading.problems.push({
        what: "bad value for extends",
        where: item.origin.where,
        found: item.kind === "value" ? item.value : undefined,
        expected: "a file name, or a list of file names, relative to this file",
      });
  }
  const entries = new Map([...tree.entries].filter(([key]) => key !== "extends"));
  return { extended, rest: { ...tree, entries } };
}
