import type { Problem } from "../../core/errors.ts";
import { nameProblems, parseSetValue } from "./parse.ts";
import { inFull } from "./shorthand.ts";
import { type MapTree, mapOf, type Origin, type Tree } from "./tree.ts";

/** One `--set a.b=value` as a tree to lay over the files; the value is YAML. */
export function treeOfSet(setting: string, problems: Problem[]): Tree | undefined {
  const origin = { where: `(--set ${setting})`, directory: process.cwd() };
  const equals = setting.indexOf("=");
  const written = setting.slice(0, equals).trim().split(".");
  // `task` stands for the one task that there is, below it too.
  const [first, ...below] = written;
  const path = first === "task" && below.length > 0 ? ["tasks", "0", ...below] : written;
  if (equals < 1 || path.includes("")) {
    problems.push({
      what: "not a setting",
      where: origin.where,
      expected: "--set key=value or --set a.b=value",
    });
    return undefined;
  }
  problems.push(...path.flatMap((key) => nameProblems(key, origin)));
  const text = setting.slice(equals + 1);
  const parsed = parseSetValue(text, origin);
  problems.push(...parsed.problems);
  if (parsed.problems.length > 0) return undefined;
  const value: Tree = parsed.tree ?? { kind: "value", origin, value: null };
  return treeAt(path, origin, value);
}

/** A tree that holds one value, at the end of a path of at least one key. */
export const treeAt = (path: readonly string[], origin: Origin, value: Tree): MapTree =>
  inFull(
    path.reduceRight<Tree>(
      (inner, key) => mapOf(origin, [[key, { key: origin, value: inner }]]),
      value,
    ) as MapTree,
  );
