import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf, nearestName, type Problem, systemCode } from "../../core/errors.ts";
import { decodeUtf8, notUtf8, pathProblem, shownPath } from "../../core/files.ts";
import { projectRoot } from "../../core/project.ts";
import { merge } from "./merge.ts";
import { parseYaml } from "./parse.ts";
import { inFull } from "./shorthand.ts";
import { type MapTree, mapOf, type Tree, withoutKey } from "./tree.ts";

/** What reading a file and all that it extends gathers. */
export interface Reading {
  /** What kept a file from being read. */
  problems: Problem[];
  /** What went wrong in laying files over each other. */
  conflicts: Problem[];
  /** Absolute paths in the order in which they were laid over each other, each once. */
  sources: string[];
}

interface Request {
  /** The name as it was written. */
  name: string;
  file: string;
  /** Where it is named; undefined for the experiment's own file. */
  where?: string;
}

/** Reads a file with all that it extends, merged; undefined when a file could not be read or is not a map. */
export function readMerged(path: string, reading: Reading): Promise<Tree | undefined> {
  return read({ name: path, file: fileNamed(path, process.cwd()) }, [], reading);
}

/**
 * A file by its name in a folder. `experiments/...` and `configs/...` that are not there are this software's own: the
 * names that its guide uses hold wherever it is installed.
 */
function fileNamed(name: string, folder: string): string {
  const file = resolve(folder, name);
  if (existsSync(file) || !isOwnName(name)) return file;
  const own = join(projectRoot, name);
  return existsSync(own) ? own : file;
}

const isOwnName = (name: string): boolean => /^(experiments|configs)[\\/]/.test(name);

async function read(request: Request, chain: readonly string[], reading: Reading): Promise<Tree | undefined> {
  if (chain.includes(request.file)) {
    const circle = [...chain.slice(chain.indexOf(request.file)), request.file].map(shownPath).join(" -> ");
    reading.problems.push({ what: `extends goes round in a circle: ${circle}`, where: request.where });
    return undefined;
  }
  const map = await readMap(request, reading);
  if (map === undefined) return undefined;
  const { extended, rest } = splitExtends(map, reading);
  let merged: Tree = mapOf(rest.origin);
  for (const parent of extended) {
    const tree = await read(parent, [...chain, request.file], reading);
    if (tree !== undefined) merged = merge(merged, tree, reading.conflicts);
  }
  if (!reading.sources.includes(request.file)) reading.sources.push(request.file);
  const whole = merge(merged, inFull(rest), reading.conflicts);
  // What another experiment says of itself is not said of this one.
  return whole.kind === "map" && !rest.entries.has("description") ? withoutKey(whole, "description") : whole;
}

async function readMap(request: Request, reading: Reading): Promise<MapTree | undefined> {
  let text: string | undefined;
  try {
    text = decodeUtf8(await readFile(request.file));
  } catch (error) {
    reading.problems.push(unreadable(request, error));
    return undefined;
  }
  if (text === undefined) {
    reading.problems.push(notUtf8(shownPath(request.file)));
    return undefined;
  }
  const { tree, problems } = parseYaml(text, request.file);
  reading.problems.push(...problems);
  if (problems.length > 0) return undefined;
  if (tree?.kind === "map") return tree;
  const kind = tree === undefined ? "empty" : tree.kind === "list" ? "a list" : "a single value";
  reading.problems.push({
    what: `the file is ${kind}`,
    where: tree?.origin.where ?? shownPath(request.file),
    expected: "a map: lines of `key: value`, such as `name: my-experiment`",
  });
  return undefined;
}

function unreadable(request: Request, error: unknown): Problem {
  const code = systemCode(error);
  const where = request.where ?? shownPath(request.file);
  const found = request.where === undefined ? undefined : request.name;
  if (code === "EISDIR") return { what: "is a folder", where, found, expected: "a YAML file" };
  if (code !== "ENOENT" && code !== "ENOTDIR")
    return { what: `cannot be read: ${pathProblem(error) ?? messageOf(error)}`, where, found };
  const folder = dirname(request.name);
  const name = basename(request.file);
  const here = nearestName(name, yamlFilesIn(dirname(request.file)));
  const own = isOwnName(request.name) ? nearestName(name, yamlFilesIn(join(projectRoot, folder))) : undefined;
  return {
    what: request.where === undefined ? "no such file" : `no such file: ${shownPath(request.file)}`,
    where,
    found,
    expected: "a YAML file",
    nearest:
      here !== undefined
        ? shownPath(resolve(dirname(request.file), here))
        : own !== undefined
          ? join(folder, own)
          : undefined,
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
function splitExtends(tree: MapTree, reading: Reading): { extended: Request[]; rest: MapTree } {
  const entry = tree.entries.get("extends");
  if (entry === undefined) return { extended: [], rest: tree };
  const extended: Request[] = [];
  for (const item of entry.value.kind === "list" ? entry.value.items : [entry.value]) {
    if (item.kind === "value" && typeof item.value === "string" && item.value !== "")
      extended.push({
        name: item.value,
        file: fileNamed(item.value, item.origin.directory),
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
  return { extended, rest: withoutKey(tree, "extends") };
}
