import type { Problem } from "../../core/errors.ts";
import { nameProblems, parseSetValue } from "./parse.ts";
import { inFull } from "./shorthand.ts";
import { at, keyOriginOf, type MapTree, mapOf, type Origin, type Tree } from "./tree.ts";

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

/**
 * A tree that holds one value, at the end of a path of at least one key. `over`: what it is laid over; the maps on the
 * way that it has already keep the places where they were written.
 */
export const treeAt = (path: readonly string[], origin: Origin, value: Tree, over?: Tree): MapTree =>
  inFull(
    path.reduceRight<Tree>((inner, key, depth) => {
      const [outer, here] = [path.slice(0, depth), path.slice(0, depth + 1)];
      const has = over !== undefined && at(over, here)?.kind === "map";
      const own = over === undefined ? undefined : at(over, outer)?.origin;
      return mapOf(own ?? origin, [[key, { key: has ? keyOriginOf(over, here) : origin, value: inner }]]);
    }, value) as MapTree,
  );
