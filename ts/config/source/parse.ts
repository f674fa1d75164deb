import { dirname } from "node:path";
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import type { Problem } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import { halfCharacterAt, hasHalfCharacter } from "../../core/json.ts";
import { depthProblem, syntaxProblems } from "./syntax.ts";
import { type Entry, mapOf, type Origin, type Tree } from "./tree.ts";

export interface Parsed {
  /** Undefined for an empty text, or one with syntax errors. */
  tree: Tree | undefined;
  problems: Problem[];
}

/** Parses YAML 1.2 and keeps the place of every key and value. Syntax errors are returned, all of them. */
export function parseYaml(text: string, file: string): Parsed {
  const lines = new LineCounter();
  const place = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { where: `${shownPath(file)}:${line}:${col}`, directory: dirname(file) };
  };
  return build(text, lines, place);
}

/** Parses the value of a `--set key=value`. */
export function parseSetValue(text: string, origin: Origin): Parsed {
  return build(yamlOfSet(text), new LineCounter(), () => origin);
}

/** The value of a `--set` as YAML. Nobody comments on one: where YAML would read a comment, `#### (.*)`, the text is meant. */
export function yamlOfSet(text: string): string {
  const { contents, commentBefore } = parseDocument(text);
  const hasComment = [commentBefore, contents?.comment].some((said) => said != null);
  const isText = contents === null || (isScalar(contents) && contents.type === "PLAIN");
  return hasComment && isText ? JSON.stringify(text.trim()) : text;
}

function build(text: string, lines: LineCounter, place: (offset: number) => Origin): Parsed {
  const deep = tooDeep(text);
  if (deep !== undefined) {
    lines.addNewLine(0);
    for (const { index } of text.slice(0, deep).matchAll(/\n/g)) lines.addNewLine(index + 1);
    return { tree: undefined, problems: [{ ...depthProblem, where: place(deep).where }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: false });
  const problems = syntaxProblems([...document.errors, ...document.warnings], text, place);
  if (problems.length > 0 || document.contents === null) return { tree: undefined, problems };
  const targets = targetsIn(document.contents);
  const tree = convert(document.contents, { targets, place, open: new Set(), problems, size: 0 });
  return { tree: problems.length > 0 ? undefined : tree, problems };
}

/** Of lists and maps in brackets. The library goes on for minutes where there are a million. */
const mostLevels = 100;

/** Where brackets lie within each other deeper than a file needs; by the lexer, as a bracket in a text is none. */
function tooDeep(text: string): number | undefined {
  let levels = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") levels++;
    else if (token === "]" || token === "}") levels--;
    if (levels > mostLevels) return offset;
    // These three are the lexer's own, and no part of the text.
    if (!["\x02", "\x18", "\x1f"].includes(token)) offset += token.length;
  }
  return undefined;
}

/** What each alias stands for: the library looks for it through the whole document, for each anew. */
function targetsIn(contents: ParsedNode): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(contents, {
    Alias(_, alias) {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value(_, node) {
      if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

interface Context {
  targets: ReadonlyMap<Alias, Node>;
  place: (offset: number) => Origin;
  /** Anchored nodes that are being converted: an alias to one of them would never end. */
  open: Set<Node>;
  problems: Problem[];
  /** Values, lists and maps so far, those behind an alias as often as it stands for them. */
  size: number;
}

/** Values that a file may hold once its aliases are followed: ten aliases of ten of ten ... are a few lines and fill any memory. */
const mostValues = 100_000;

function convert(node: Node, context: Context): Tree {
  const origin = context.place(node.range?.[0] ?? 0);
  context.size++;
  if (isAlias(node)) return followAlias(node.source, context.targets.get(node), origin, context);
  context.open.add(node);
  const tree = convertPlain(node, origin, context);
  context.open.delete(node);
  return tree;
}

function convertPlain(node: Node, origin: Origin, context: Context): Tree {
  if (isSeq<Node>(node))
    return { kind: "list", origin, items: node.items.map((item) => convert(item, context)) };
  if (isMap<Node, Node | null>(node)) {
    const entries = node.items.map(({ key, value }): [string, Entry] => {
      const keyOrigin = context.place(key.range?.[0] ?? 0);
      const name = isScalar(key) ? String(key.value) : String(key);
      context.problems.push(...nameProblems(name, keyOrigin));
      if (name === "<<" && isScalar(key) && key.type === "PLAIN")
        context.problems.push({ ...mergeProblem, where: keyOrigin.where });
      const tree: Tree =
        value === null ? { kind: "value", origin: keyOrigin, value: null } : convert(value, context);
      return [name, { key: keyOrigin, value: tree }];
    });
    return mapOf(origin, entries);
  }
  const value = isScalar(node) ? scalarValue(node) : null;
  if (isScalar(node) && node.source === "" && node.comment != null)
    return { kind: "value", origin, value, comment: node.comment };
  if (typeof value === "string" && hasHalfCharacter(value))
    context.problems.push(halfCharacterAt("this text", value, origin.where));
  return { kind: "value", origin, value };
}

const mergeProblem = {
  what: "YAML's merge key << is not read",
  expected: "the keys themselves, or a whole map in one place: `key: *anchor`",
  fix: "put what experiments share into a file of its own: `extends: FILE`",
};

/** An integer that no number holds keeps its digits, as text, as in JSON. */
const scalarValue = ({ value, source }: Scalar): unknown =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source ?? "") ? source : value;

/** The one key that no map of JavaScript's keeps as its own: a method of this name would vanish without a word. */
export const nameProblems = (key: string, { where }: Origin): Problem[] =>
  key === "__proto__"
    ? [{ what: "no key can have this name", where, found: key, expected: "another name" }]
    : hasHalfCharacter(key)
      ? [halfCharacterAt("this key", key, where)]
      : [];

function followAlias(name: string, target: Node | undefined, origin: Origin, context: Context): Tree {
  const what =
    target === undefined
      ? `no anchor &${name} before this alias`
      : context.open.has(target)
        ? `the alias *${name} contains itself`
        : context.size > mostValues
          ? `with this alias the file holds more than ${mostValues} values`
          : undefined;
  if (what === undefined) return convert(target!, context);
  // Of the aliases that stand for too much one is told: what follows is the same again.
  if (context.size <= mostValues || context.problems.length === 0)
    context.problems.push({ what, where: origin.where, found: `*${name}` });
  return { kind: "value", origin, value: null };
}
