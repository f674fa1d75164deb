/**
 * The equations `a op b ... = c` of a text that are understood as wholes, inside `<<...>>` or not; of a chain
 * `a + b = c + d = e` each link. One that holds in one of the usual readings is valid; one that holds in none is wrong
 * only where nothing about it could mean something else, and is otherwise not read, as is all that has a part that is not
 * known (`3y + 4 = 10`, `2^3 = 8`, `9:00 + 2 = 11:00`).
 */
import { equal, type Fraction, roundsTo } from "../answers/fraction.ts";
import { borderAfter, borderBefore, meansOtherwise } from "./borders.ts";
import { evaluate, type Reading, readingsOf } from "./expression.ts";
import { negative } from "./numerals.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Raised when texts are read otherwise than before: part of the key of what is made by their equations. */
export const equationRule = 2;

/** An equation found in a text, without spaces, `$` and thousands' commas: `3 x 1,200 = 3600` is `3*1200=3600`. */
export interface Equation {
  text: string;
  /** Both sides are equal, or the right one is the left one rounded to its (one or more) decimals. */
  valid: boolean;
}

/** Longest side of an equation that is read; a longer one is left out. */
const longestSide = 200;

/** One side of an equation. */
export interface Side {
  tokens: readonly Token[];
  /** Of its line: what stands before a left side, after a right one. */
  around: readonly Token[];
  /** It could also mean something else. */
  doubtful: boolean;
  /** Where the minus before it may be a bullet or a sign: as it is with the sign. */
  signed?: readonly Token[] | undefined;
}

/** An equation that was read, and where. */
export interface ReadEquation {
  left: readonly Token[];
  right: readonly Token[];
  holds: boolean;
  /** The values of both sides, as it holds or in the usual reading; undefined for one that has none (`1 / 0`). */
  values: readonly [left: Fraction | undefined, right: Fraction | undefined];
  /** The place of its `=`. */
  at: number;
}

/** In their order. Of `3 * 4 = <<3*4=12>>12` it is the annotation, as the text around it has no right side. */
export const equations = (text: string): Equation[] =>
  Array.from(readEquations(text), (equation) => ({ text: spelling(equation), valid: equation.holds }));

/** Linear in the text. */
export function* readEquations(text: string): Generator<ReadEquation> {
  for (let at = text.indexOf("="); at >= 0; at = text.indexOf("=", at + 1)) {
    if ("<>!:~=".includes(text[at - 1] ?? " ") || ">=~".includes(text[at + 1] ?? " ")) continue;
    // The right side first: before an annotation there is none, and it is the shorter one.
    const right = rightSide(text, at + 1);
    const left = right === undefined ? undefined : leftSide(text, at);
    const judged = left && right && judgedEquation(left, right);
    if (judged !== undefined) yield { left: left!.tokens, right: right!.tokens, at, ...judged };
  }
}

export const spelling = ({ left, right }: Pick<ReadEquation, "left" | "right">): string =>
  `${spell(left)}=${spell(right)}`;

export const spell = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join("");

function judgedEquation(left: Side, right: Side): Pick<ReadEquation, "holds" | "values"> | undefined {
  // As most are, and nothing else need be looked at.
  const plainly = [evaluate(left.tokens), evaluate(right.tokens)] as const;
  const both = [...left.tokens, ...right.tokens];
  if (hasCurrencies(both)) return undefined;
  if (isEqual(...plainly, right.tokens, "share")) return { holds: true, values: plainly };
  const values = valuesOf(left.tokens, both).flatMap(([a, reading]) =>
    valuesOf(right.tokens, both)
      .filter(([, other]) => other.decimals === reading.decimals)
      .map(([b, { percent }]) => ({ pair: [a, b] as const, percent })),
  );
  const fitting = values.find(({ pair: [a, b], percent }) => isEqual(a, b, right.tokens, percent));
  if (fitting !== undefined) return { holds: true, values: fitting.pair };
  if (
    left.signed !== undefined &&
    judgedEquation({ ...left, tokens: left.signed, signed: undefined }, right)?.holds !== false
  )
    return undefined;
  const [usual] = values;
  if (usual === undefined || left.doubtful || right.doubtful) return undefined;
  const [a, b] = usual.pair;
  // `5 + 3 = 8 * 2 = 16`: a total that is worked on, and one sign for both.
  const [first, ...others] = right.tokens;
  if (others.length > 0 && isEqual(a, evaluate([first!]), [first!], "share")) return undefined;
  if (a !== undefined && b !== undefined && meansOtherwise({ left, right }, a, b)) return undefined;
  return { holds: false, values: usual.pair };
}

function hasCurrencies(tokens: readonly Token[]): boolean {
  let first: string | undefined;
  for (const token of tokens) {
    if (token.kind !== "number" || token.currency === undefined) continue;
    if (first !== undefined && first !== token.currency) return true;
    first = token.currency;
  }
  return false;
}

/** What an expression can be worth, and how it is read so; the decimals as they can be read in the whole equation. */
function valuesOf(tokens: readonly Token[], equation: readonly Token[]): [Fraction | undefined, Reading][] {
  return readingsOf(tokens, equation).map((reading) => [evaluate(tokens, reading), reading]);
}

/** Equal, or the right side is a number that the left one rounds to: in its decimals, or in percent. */
function isEqual(
  a: Fraction | undefined,
  b: Fraction | undefined,
  right: readonly Token[],
  percent: Reading["percent"],
): boolean {
  if (a === undefined || b === undefined) return false;
  if (equal(a, b)) return true;
  const [only, sign] = right;
  const isPercent = right.length === 2 && sign?.kind === "%";
  if (only?.kind !== "number" || !(right.length === 1 || isPercent)) return false;
  const decimals = only.decimals + (isPercent && percent === "share" ? 2 : 0);
  return (only.decimals > 0 || isPercent) && roundsTo(a, b, decimals);
}

/** The expression with an operation that ends here; undefined when there is none that is known to be whole. */
export function leftSide(text: string, end: number): Side | undefined {
  const window = text.slice(Math.max(0, end - longestSide), end);
  const border = Math.max(window.lastIndexOf("="), window.lastIndexOf("\n")) + 1;
  const tokens = tokenize(window.slice(border));
  const { length, depth, expectsOperand, read } = longestRun(tokens, ")", "(");
  const first = tokens.at(-length);
  if (length === 0 || depth !== 0 || first === undefined) return undefined;
  const expression = tokens.slice(-length);
  const before = tokens.slice(0, -length);
  // Longer than what is looked at.
  const isCut = border === 0 && window.length < end;
  if (isCut && before.length === 0) return undefined;
  // `- 3 + 4`: a bullet at the beginning of a line, or a sign.
  const isBullet = read === tokens.length && before.length === 1 && window[border - 1] !== "=";
  if (!expression.some(({ kind }) => kind === "operator") || (expectsOperand && !isBullet)) return undefined;
  const around = borderBefore(expectsOperand ? [] : before, first);
  if (around === "none") return undefined;
  // `cost -5 + 3`: a sign, or what the minus takes from cannot be read.
  const isSigned = first.text.startsWith("-") && before.length > 0;
  const isDoubtful = around === "doubtful" || isSigned || expression.some(isUnsure);
  return {
    tokens: expression,
    around: before,
    doubtful: isDoubtful,
    ...(expectsOperand ? { signed: negated(expression) } : {}),
  };
}

/** The expression that begins here, if it is known to be whole. */
export function rightSide(text: string, start: number): Side | undefined {
  const window = text.slice(start, start + longestSide);
  const border = window.search(/[=\n]/);
  const tokens = tokenize(border < 0 ? window : window.slice(0, border));
  const { length } = longestRun(tokens, "(", ")");
  const isCut = border < 0 && start + longestSide < text.length;
  if (length === 0 || (isCut && length === tokens.length)) return undefined;
  const after = tokens.slice(length);
  const around = borderAfter(after);
  if (around === "none") return undefined;
  const expression = tokens.slice(0, length);
  return { tokens: expression, around: after, doubtful: around === "doubtful" || expression.some(isUnsure) };
}

const isUnsure = ({ doubtful }: Token): boolean => doubtful === true;

/** The expression with the minus before it as the sign of its first number. */
const negated = ([first, ...rest]: readonly Token[]): Token[] =>
  first?.kind === "number" ? [{ ...first, ...negative(first) }, ...rest] : [];

/**
 * How many of the tokens from the first on are a well-formed expression, and the state after the last that was read.
 * Read backwards, `)` opens, and a percent sign comes before its number.
 */
function longestRun(tokens: readonly Token[], opening: "(" | ")", closing: "(" | ")") {
  let depth = 0;
  let length = 0;
  let expectsOperand = true;
  let read = 0;
  for (; read < tokens.length; read++) {
    const { kind } = tokens[opening === "(" ? read : tokens.length - 1 - read]!;
    if (expectsOperand) {
      if (kind === opening) depth++;
      else if (kind === "number") expectsOperand = false;
      else if (kind !== "%" || opening === "(") break;
    } else if (kind === "operator") expectsOperand = true;
    else if (kind === closing && depth > 0) depth--;
    else if (kind !== "%" || opening === ")") break;
    if (!expectsOperand && depth === 0) length = read + 1;
  }
  return { length, depth, expectsOperand, read };
}
