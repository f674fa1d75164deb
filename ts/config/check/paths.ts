import { existsSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Problem } from "../../core/errors.ts";
import { dotted, type Path } from "../../core/shape.ts";
import { at, type Tree } from "../source/tree.ts";

interface Named {
  path: Path;
  what: "folder" | "file";
  expected: string;
}

/** Every setting that names something on disk. */
function namesOf(tree: Tree): Named[] {
  const tasks = at(tree, ["tasks"]);
  const files = (tasks?.kind === "list" ? tasks.items : []).flatMap((_, index) => [
    ["tasks", index, "trainFile"],
    ["tasks", index, "testFile"],
  ]);
  return [
    {
      path: ["model", "path"],
      what: "folder",
      expected:
        "a folder with a model in Hugging Face format (config.json), relative to the file that names it",
    },
    ...files.map((path) => ({
      path,
      what: "file" as const,
      expected: "a JSON Lines file, relative to the file that names it",
    })),
    {
      path: ["stages", "judge", "groupsFile"],
      what: "file",
      expected: "a JSON Lines file of groups, relative to the file that names it",
    },
    { path: ["worker", "python"], what: "file", expected: "a Python interpreter, or no python key" },
  ];
}

/** Makes every path absolute from the folder of the file that names it, and reports those that lead nowhere. */
export function resolvePaths(tree: Tree, plain: unknown): Problem[] {
  return namesOf(tree).flatMap((named) => {
    const value = at(tree, named.path);
    if (value?.kind !== "value" || typeof value.value !== "string" || value.value === "") return [];
    // `python: python3.12` is a command to be found on the PATH, not a file here.
    if (named.path.at(-1) === "python" && !value.value.includes("/")) return [];
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
          },
        ];
  });
}

function faultOf(path: string, what: "folder" | "file"): string | undefined {
  if (!existsSync(path)) return `no such ${what}: ${path}`;
  const isFolder = statSync(path).isDirectory();
  if (what === "folder" && !isFolder) return `is a file, not a folder: ${path}`;
  if (what === "folder" && !existsSync(resolve(path, "config.json"))) return `no config.json in ${path}`;
  return what === "file" && isFolder ? `is a folder, not a file: ${path}` : undefined;
}

function put(plain: unknown, path: Path, value: string): void {
  const parent = path
    .slice(0, -1)
    .reduce((here, step) => (here as Record<PropertyKey, unknown>)[step], plain);
  (parent as Record<PropertyKey, unknown>)[path.at(-1)!] = value;
}
