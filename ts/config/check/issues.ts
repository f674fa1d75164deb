import { z } from "zod";
import { nearestName, type Problem } from "../../core/errors.ts";
import {
  branchesOf,
  branchFor,
  constantsOf,
  dotted,
  isMap,
  type Path,
  propertyOf,
  type Shape,
  shapeWithin,
} from "../../core/shape.ts";
import { anyOf, inWords, oneOf } from "../../core/words.ts";
import { experimentSchema } from "../experiment.ts";
import { type Baseline, entryOf, type GroupLoss, methods } from "../methods/index.ts";
import { asSlug, formInWords, longestName, slugPattern } from "../schema/patterns.ts";
import { sweepSchema } from "../schema/sweep.ts";
import { at, fixOfComment, keyOriginOf, originOf, type Tree, toPlain } from "../source/tree.ts";
import { methodsToExtend } from "./fragments.ts";

type Issue = z.core.$ZodIssue;

const experimentShape = z.toJSONSchema(experimentSchema.extend({ sweep: sweepSchema.optional() }), {
  io: "input",
}) as Shape;

/** The schema of an experiment's value at a path, unions resolved by the values around it. */
const shapeAt = (path: Path, root: unknown): Shape | undefined => shapeWithin(experimentShape, path, root);

/** zod's issues about a merged tree, each said in our words with the place where the setting was written. */
export function problemsOf(issues: readonly Issue[], tree: Tree): Problem[] {
  const root = toPlain(tree);
  return issues
    .flatMap((union) => withinBranch(union, tree))
    .flatMap((issue) => {
      if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, issue.path, tree, root);
      if (issue.code === "custom") return [custom(issue, tree)];
      if (issue.code === "invalid_key") return [badName(issue.path, tree)];
      return [
        at(tree, issue.path) === undefined ? missing(issue.path, tree, root) : bad(issue.path, tree, root),
      ];
    });
}

/** A map where a number, a name or a map may stand is wrong in the map's own way. */
function withinBranch(issue: Issue, tree: Tree): Issue[] {
  if (issue.code !== "invalid_union" || at(tree, issue.path)?.kind !== "map") return [issue];
  const ofMaps = issue.errors.filter((issues) =>
    issues.every(
      ({ code, path }) => (code !== "invalid_type" && code !== "invalid_value") || path.length > 0,
    ),
  );
  return ofMaps.length === 1
    ? ofMaps[0]!.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
    : [issue];
}

/** Of one map's unknown keys each of the first few is told on its own: more of them are another kind of file. */
function unknownKeys(keys: readonly string[], path: Path, tree: Tree, root: unknown): Problem[] {
  const told = keys.slice(0, mostUnknownKeys).map((key) => unknownKey([...path, key], tree, root));
  if (keys.length <= mostUnknownKeys) return told;
  const next = [...path, keys[mostUnknownKeys]!];
  const more = `${keys.length - mostUnknownKeys} more unknown keys${within(path)}, from here on`;
  return [...told, { what: more, where: keyOriginOf(tree, next).where }];
}

const mostUnknownKeys = 20;

function unknownKey(path: Path, tree: Tree, root: unknown): Problem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const value = at(tree, path);
  const union = shapeAt(parent, root) ?? {};
  const branch = branchFor(union, toPlain(at(tree, parent)!));
  // `extends` belongs to a file, not to the experiment that the files make.
  const keys = [...Object.keys(branch.properties ?? {}), ...(parent.length === 0 ? ["extends"] : [])];
  const common = {
    where: keyOriginOf(tree, path).where,
    found: value?.kind === "value" ? value.value : undefined,
  };
  const knowing = branchesOf(union).filter((branch) => propertyOf(branch, key) !== undefined);
  if (knowing.length > 0)
    return {
      what: `${dotted(path)} goes with ${difference(knowing, branch)} only`,
      ...common,
      expected: `no ${key} with ${constantsOf(branch).map(pair).join(", ")}`,
      fix: `remove it; where it is inherited, write \`${key}: null\``,
    };
  const nearest = nearestName(key, keys);
  return {
    what: `unknown key "${key}"${within(parent)}`,
    ...common,
    expected: oneOf(keys),
    nearest,
    fix:
      nearest === undefined && isOfTask(path, root)
        ? `${key} is a setting of a task: write it there, or --set tasks.0.${key}=...`
        : undefined,
  };
}

/** `prompt: chat` beside `task: gsm8k` is meant for the task. */
const isOfTask = ([first, ...rest]: Path, root: unknown): boolean =>
  rest.length === 0 &&
  branchesOf(shapeAt(["tasks", 0], root) ?? {}).some((branch) => propertyOf(branch, first!) !== undefined);

const pair = ([key, value]: [string, unknown]): string => `${key}: ${value}`;
const within = (path: Path): string => (path.length === 0 ? "" : ` in ${dotted(path)}`);

/** What sets the branches that know a key, the nearest of them, apart from the chosen one: `constraint: boundary`. */
function difference(knowing: readonly Shape[], chosen: Shape): string {
  const constants = new Map(constantsOf(chosen));
  const differing = knowing.map((branch) =>
    constantsOf(branch).filter(([key, value]) => constants.get(key) !== value),
  );
  const distance = (pairs: readonly [string, unknown][]) =>
    pairs.filter(([key]) => constants.has(key)).length;
  const fewest = Math.min(...differing.map(distance));
  const nearest = differing.filter((pairs) => distance(pairs) === fewest).map((pairs) => pairs[0]!);
  const [key] = nearest[0]!;
  const values = new Set(nearest.filter(([name]) => name === key).map(([, value]) => String(value)));
  return `${key}: ${anyOf([...values])}`;
}

function missing(path: Path, tree: Tree, root: unknown): Problem {
  const key = String(path.at(-1));
  const shape = shapeAt(path, root);
  return {
    what: `missing key "${key}"${within(path.slice(0, -1))}`,
    where: keyOriginOf(tree, path.slice(0, -1)).where,
    expected: shape === undefined ? undefined : `${key}: ${inWords(shape, formInWords)}`,
    fix: isMethods(path) ? methodsToExtend(tree.origin.directory) : undefined,
  };
}

function bad(path: Path, tree: Tree, root: unknown): Problem {
  const value = toPlain(at(tree, path)!);
  const shape = shapeAt(path, root) ?? {};
  const choices = branchesOf(shape).flatMap((branch) =>
    (branch.enum ?? (branch.const === undefined ? [] : [branch.const])).map(String),
  );
  const reason = whyNot(path, value, root) ?? whyNoNumber(value, shape);
  return {
    what: `bad value for ${dotted(path) || "the experiment"}${reason === undefined ? "" : `: ${reason}`}`,
    where: originOf(tree, path).where,
    // JSON has no words for these.
    found: typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    expected: inWords(shape, formInWords),
    nearest: typeof value === "string" ? nearestValue(value, shape, choices) : undefined,
    fix: fixOfComment(at(tree, path)),
  };
}

/** Why a method has no boundary, where it was asked for one. */
function whyNot([first, name, key]: Path, value: unknown, root: unknown): string | undefined {
  if (first !== "methods" || key !== "constraint" || value !== "boundary") return undefined;
  const all = isMap(root) && isMap(root.methods) ? root.methods : {};
  const method = all[String(name)];
  const kind = isMap(method) ? String(method.method) : "";
  const entry: Baseline | GroupLoss | undefined = Object.hasOwn(methods, kind) ? entryOf(kind) : undefined;
  return entry?.kind === "group loss" && entry.noBoundary !== undefined
    ? `${kind} has no boundary: ${entry.noBoundary}`
    : undefined;
}

/** Of what is a number, but none that a setting can be. */
function whyNoNumber(value: unknown, shape: Shape): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "it is not finite";
  const isWhole = branchesOf(shape).some(({ type }) => type === "integer");
  const isLong = typeof value === "number" ? Number.isInteger(value) : /^[-+]?\d{16,}$/.test(String(value));
  return isWhole && isLong && !Number.isSafeInteger(Number(value))
    ? "whole numbers are not exact beyond 2^53"
    : undefined;
}

/** YAML 1.1's words for true and false are texts in YAML 1.2; a quoted number is a text in both. */
const oldBooleans: Record<string, string> = { yes: "true", on: "true", no: "false", off: "false" };

function nearestValue(value: string, shape: Shape, choices: readonly string[]): string | undefined {
  if (shape.type === "boolean")
    return oldBooleans[value.toLowerCase()] ?? nearestName(value, ["true", "false"]);
  const takesNumbers = branchesOf(shape).some(({ type }) => type === "number" || type === "integer");
  const isLong = /^[-+]?\d+$/.test(value) && !Number.isSafeInteger(Number(value));
  if (takesNumbers && value.trim() !== "" && !isLong && !Number.isNaN(Number(value)))
    return `${value.trim()} (without quotes)`;
  if (shape.pattern === slugPattern) return asSlug(value) || undefined;
  return nearestName(value, choices);
}

function badName(path: Path, tree: Tree): Problem {
  const name = String(path.at(-1));
  const isLong = name.length > longestName;
  return {
    what: `bad name${within(path.slice(0, -1))}`,
    where: keyOriginOf(tree, path).where,
    found: name,
    expected: `${isLong ? `at most ${longestName} ` : ""}lower-case letters, digits and dashes`,
    nearest: isLong ? undefined : asSlug(name) || undefined,
  };
}

function custom(issue: Extract<Issue, { code: "custom" }>, tree: Tree): Problem {
  const value = at(tree, issue.path);
  const plain = value === undefined ? undefined : toPlain(value);
  const expected = issue.params?.expected;
  return {
    what: `${within(issue.path).slice(4) || "the experiment"}: ${issue.message}`,
    where: (isMap(plain) ? keyOriginOf(tree, issue.path) : originOf(tree, issue.path)).where,
    found: isMap(plain) || (Array.isArray(plain) && plain.length > 4) ? undefined : plain,
    expected: typeof expected === "string" ? expected : undefined,
    fix: isMethods(issue.path) ? methodsToExtend(originOf(tree, issue.path).directory) : undefined,
  };
}

/** The only issue about the whole of `methods` is that there are none. */
const isMethods = (path: Path): boolean => path.length === 1 && path[0] === "methods";
