import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { defined } from "../../core/defined.ts";
import { type Problem, show } from "../../core/errors.ts";
import { dotted, type Path } from "../../core/shape.ts";
import { taskFileSettings, taskFolderSettings } from "../schema/tasks/index.ts";
import { vllmFix } from "../schema/worker.ts";
import { at, type Tree } from "../source/tree.ts";

interface Named {
  path: Path;
  what: "model" | "folder" | "file" | "gguf";
  expected: string;
  fix?: string;
}

/** Every setting that names something on disk. */
function namesOf(tree: Tree): Named[] {
  const tasks = at(tree, ["tasks"]);
  const numbers = tasks?.kind === "list" ? [...tasks.items.keys()] : [];
  const ofTasks = (settings: readonly string[]): Path[] =>
    numbers.flatMap((number) => settings.map((setting) => ["tasks", number, setting]));
  return [
    {
      path: ["model", "path"],
      what: "model",
      expected:
        "a folder with a model in Hugging Face format (config.json), relative to the file that names it",
    },
    { path: ["model", "gguf"], what: "gguf", expected: "a GGUF file, relative to the file that names it" },
    ...ofTasks(taskFileSettings).map((path) => ({
      path,
      what: "file" as const,
      expected: "a data file, relative to the file that names it",
    })),
    ...ofTasks(taskFolderSettings).map((path) => ({
      path,
      what: "folder" as const,
      expected: "a folder with the dataset's files, relative to the file that names it",
    })),
    {
      path: ["stages", "judge", "groupsFile"],
      what: "file",
      expected: "a JSON Lines file of groups, relative to the file that names it",
    },
    { path: ["worker", "python"], what: "file", expected: "a Python interpreter, or no python key" },
    {
      path: ["worker", "vllmPython"],
      what: "file",
      expected: "the Python of an environment that has vLLM, or no vllmPython key",
      fix: vllmFix,
    },
  ];
}

/** Makes every path absolute from the folder of the file that names it, and reports those that lead nowhere. */
export function resolvePaths(tree: Tree, plain: unknown): Problem[] {
  return namesOf(tree).flatMap((named) => {
    const value = at(tree, named.path);
    if (value?.kind !== "value" || typeof value.value !== "string" || value.value === "") return [];
    // `python: python3.12` is a command to be found on the PATH, not a file here.
    if (named.path[0] === "worker" && !value.value.includes("/")) return [];
    // What the worker runs lies on its own machine, and the path is one there.
    if (named.path[0] === "worker" && at(tree, ["worker", "launch"]) !== undefined) return [];
    const absolute = isAbsolute(value.value) ? value.value : resolve(value.origin.directory, value.value);
    put(plain, named.path, absolute);
    const fault = faultOf(absolute, named.what);
    return fault === undefined
      ? []
      : [
          {
            what: `${dotted(named.path)}: ${fault}`,
            where: value.origin.where,
            found: value.value,
            expected: named.expected,
            ...defined({ fix: named.fix }),
          },
        ];
  });
}

function faultOf(path: string, what: Named["what"]): string | undefined {
  const kind = what === "file" || what === "gguf" ? "file" : "folder";
  if (!existsSync(path)) return `no such ${kind}: ${path}`;
  const isFolder = statSync(path).isDirectory();
  if (kind === "folder" && !isFolder) return `is a file, not a folder: ${path}`;
  if (what === "model" && !existsSync(resolve(path, "config.json"))) return `no config.json in ${path}`;
  if (kind === "file" && isFolder) return `is a folder, not a file: ${path}`;
  return what === "gguf" ? notGguf(path) : undefined;
}

/** A GGUF file begins with these four bytes; what else is in it the worker looks at. */
function notGguf(path: string): string | undefined {
  const start = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    const length = readSync(file, start);
    if (start.toString("latin1") === "GGUF") return undefined;
    const begins =
      length === 0 ? "it is empty" : `it begins with ${show(start.toString("latin1", 0, length))}`;
    return `is not a GGUF file (${begins}): ${path}`;
  } finally {
    closeSync(file);
  }
}

function put(plain: unknown, path: Path, value: string): void {
  const parent = path
    .slice(0, -1)
    .reduce((here, step) => (here as Record<PropertyKey, unknown>)[step], plain);
  (parent as Record<PropertyKey, unknown>)[path.at(-1)!] = value;
}
