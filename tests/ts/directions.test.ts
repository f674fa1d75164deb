import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../ts/core/project.ts";

/** For each part, the parts it may import: one direction, and `data`, `bridge`, `analysis` know nothing of each other. */
const allowed: Record<string, string[]> = {
  core: [],
  config: ["core"],
  data: ["config", "core"],
  bridge: ["config", "core"],
  analysis: ["config", "core"],
  browser: [],
  experiment: ["data", "bridge", "analysis", "config", "core"],
  view: ["experiment", "analysis", "core"],
  notebook: ["experiment", "data", "bridge", "analysis", "config", "core"],
  cli: ["view", "experiment", "data", "bridge", "analysis", "config", "core"],
};

const source = join(projectRoot, "ts");

/** Of the app that runs in the reader's browser, imports of types are left out: they are not bundled. */
function importsOf(file: string): string[] {
  const code = readFileSync(file, "utf8");
  const text = partOf(file) === "browser" ? code.replace(/^import type [^;]+;/gm, "") : code;
  return [...text.matchAll(/(?:from|import\(|import)\s*"(\.[^"]+)"/g)].map((match) =>
    resolve(dirname(file), match[1]!),
  );
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(source, name));
const partOf = (file: string): string => relative(source, file).split(/[\\/]/)[0]!;

test("every import points down the house", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => partOf(target) !== partOf(file) && !allowed[partOf(file)]!.includes(partOf(target)))
      .map((target) => `${relative(source, file)} imports ${relative(source, target)}`),
  );
  expect(wrong).toEqual([]);
});

test("a part is entered by its index only, or for the types that are generated of it", () => {
  const open = new Set(["core"]);
  const generates = join(source, "notebook", "generate");
  const wrong = files.flatMap((file) =>
    (dirname(file) === generates ? [] : importsOf(file))
      .filter((target) => basename(dirname(target)) !== "generated")
      .filter((target) => partOf(target) !== partOf(file) && !open.has(partOf(target)))
      .filter((target) => relative(source, target) !== join(partOf(target), "index.ts"))
      .map((target) => `${relative(source, file)} imports ${relative(source, target)}`),
  );
  expect(wrong).toEqual([]);
});

/** What of a graph leads back to itself, each with what it leads to that does so too. */
function circles(targets: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const round = [...targets.keys()].filter((from) => {
    const reached = new Set(targets.get(from));
    for (const at of reached) for (const next of targets.get(at) ?? []) reached.add(next);
    return reached.has(from);
  });
  return round.map(
    (from) => `${from} imports ${round.filter((to) => targets.get(from)!.has(to)).join(", ")}`,
  );
}

test("no file imports itself by way of others", () => {
  const targets = files.map((file): [string, Set<string>] => [
    relative(source, file),
    new Set(importsOf(file).map((target) => relative(source, target))),
  ]);
  expect(circles(new Map(targets))).toEqual([]);
});

test("folders that lie beside each other import in one direction", () => {
  const beside = (from: string, to: string): [string, string] | undefined => {
    const [one, other] = [from, to].map((file) => relative(source, dirname(file)).split(/[\\/]/));
    const parting = one!.findIndex((name, at) => name !== other![at]);
    if (parting < 0 || other![parting] === undefined) return undefined;
    return [one, other].map((path) => path!.slice(0, parting + 1).join("/")) as [string, string];
  };
  const targets = new Map<string, Set<string>>();
  for (const file of files)
    for (const target of importsOf(file)) {
      const [from, to] = beside(file, target) ?? [];
      if (from !== undefined) targets.set(from, (targets.get(from) ?? new Set()).add(to!));
    }
  expect(targets.size).toBeGreaterThan(20);
  expect(circles(targets)).toEqual([]);
});

test("the worker knows nothing of YAML, tasks, answers or metrics", () => {
  const worker = join(projectRoot, "py", "aft_worker");
  const wrong = readdirSync(worker, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .filter((name) =>
      /^\s*(import|from) (yaml|ruamel)|gsm8k|arithmetic|extract_answer|maj@/im.test(
        readFileSync(join(worker, name), "utf8"),
      ),
    );
  expect(wrong).toEqual([]);
});
