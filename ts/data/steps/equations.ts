import { equal, type Fraction, roundsTo } from "../answers/fraction.ts";
import { evaluate, isExpressionCharacter, type Token, tokenize } from "./expression.ts";

/** An equation found in a text, without spaces, `$` and thousands' commas: `3 x 1,200 = 3600` is `3*1200=3600`. */
export interface Equation {
  text: string;
  /** Both sides are equal, or the right one is the left one rounded to its (one or more) decimals. */
  valid: boolean;
}

/** Longest side of an equation that is read; a longer one is left out. */
const longestSide = 200;

/** An equation that was read, and where. */
export interface ReadEquation {
  left: readonly Token[];
  right: readonly Token[];
  /** The values of both sides; undefined for one that has none (`1 / 0`). */
  values: readonly [left: Fraction | undefined, right: Fraction | undefined];
  /** The place of its `=`. */
  at: number;
}

/**
 * The equations `a op b ... = c` of a text in their order, inside `<<...>>` or not; of a chain `a + b = c + d = e`
 * each link. An `=` whose left side has no operation, or cannot be read for certain (`3y + 4 = 10`,
 * `2^3 = 8`), is no equation. Of `3 * 4 = <<3*4=12>>12` it is
 * the annotation, as the text around it has no right side. Linear in the text.
 */
export const equations = (text: string): Equation[] =>
  readEquations(text).map((equation) => ({ text: spelling(equation), valid: holds(equation) }));

export function readEquations(text: string): ReadEquation[] {
  const equations: ReadEquation[] = [];
  for (let at = text.indexOf("="); at >= 0; at = text.indexOf("=", at + 1)) {
    // The right side first: before an annotation there is none, and it is the shorter one.
    const right = rightSide(text, at);
    const left = right === undefined ? undefined : leftSide(text, at);
    if (left !== undefined && right !== undefined)
      equations.push({ left, right, values: [evaluate(left), evaluate(right)], at });
  }
  return equations;
}

export const spelling = ({ left, right }: ReadEquation): string => `${spell(left)}=${spell(right)}`;

export const spell = (tokens: readonly Token[]): string => tokens.map((token) => token.text).join("");

/** Both sides are equal, or the right one is the left one rounded to its (one or more) decimals. */
export function holds({ right, values: [a, b] }: ReadEquation): boolean {
  if (a === undefined || b === undefined) return false;
  if (equal(a, b)) return true;
  const [only] = right;
  return right.length === 1 && only?.kind === "number" && only.decimals > 0 && roundsTo(a, b, only.decimals);
}

/** The expression with an operation that ends here; undefined when there is none that can be read for certain. */
export function leftSide(text: string, end: number): Token[] | undefined {
  let start = end;
  while (start > 0 && end - start <= longestSide && belongs(text, start - 1)) start--;
  if (end - start > longestSide) return undefined;
  const tokens = tokenize(text.slice(start, end));
  const [first] = tokens;
  // `3x-5 = 16`, `cost - 2 + 1 = 6`: what the minus takes from cannot be read.
  const afterWord = start > 0 && /[A-Za-z]/.test(text[start - 1]!);
  if (afterWord && (first?.kind === "operator" || first?.text.startsWith("-"))) return undefined;
  return longestSuffix(tokens, start === 0 || text[start - 1] === "\n");
}

function rightSide(text: string, equals: number): Token[] | undefined {
  let end = equals + 1;
  while (end < text.length && end - equals <= longestSide && belongs(text, end)) end++;
  return end - equals > longestSide ? undefined : longestPrefix(tokenize(text.slice(equals + 1, end)));
}

/** An `x` belongs to an expression as a sign between two numbers, not as a variable or a letter of a word. */
function belongs(text: string, at: number): boolean {
  const character = text[at]!;
  if (character !== "x" && character !== "X") return isExpressionCharacter(character);
  return (
    /[\d.)%] ?$/.test(text.slice(Math.max(0, at - 2), at)) && /^ ?\$?[\d.(]/.test(text.slice(at + 1, at + 4))
  );
}

/** The longest well-formed expression with an operation at the end of the tokens, if its start is certain. */
function longestSuffix(tokens: readonly Token[], lineStart: boolean): Token[] | undefined {
  const { length, depth, expectsOperand, read } = longestRun(tokens.toReversed(), ")", "(");
  const stopped = tokens[tokens.length - 1 - read]?.kind;
  const isBullet = lineStart && stopped === undefined && length === tokens.length - 1;
  const isCertain = stopped === undefined || stopped === "break" || stopped === "(";
  if (length === 0 || depth !== 0 || !isCertain || (expectsOperand && !isBullet)) return undefined;
  const expression = tokens.slice(-length);
  return expression.some((token) => token.kind === "operator") ? expression : undefined;
}

function longestPrefix(tokens: readonly Token[]): Token[] | undefined {
  const { length } = longestRun(tokens, "(", ")");
  return length === 0 ? undefined : tokens.slice(0, length);
}

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
    const { kind } = tokens[read]!;
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

/** One step: two natural numbers, a sign, a result. */
export interface BinaryEquation {
  left: number;
  operator: "+" | "-" | "*";
  right: number;
  result: number;
}

const binary = /^\s*(\d{1,15})\s*([-+*])\s*(\d{1,15})\s*=\s*(\d{1,15})\s*$/;

/** A line that is one equation `a op b = c` of natural numbers and nothing else; undefined for any other. */
export function binaryEquation(line: string): BinaryEquation | undefined {
  const match = line.length > longestSide ? null : binary.exec(line);
  if (match === null) return undefined;
  const [, left, operator, right, result] = match;
  return {
    left: Number(left),
    operator: operator as BinaryEquation["operator"],
    right: Number(right),
    result: Number(result),
  };
}

/** Whether a step's result is right; exact, since all its numbers are below 2^53. */
export function isTrue({ left, operator, right, result }: BinaryEquation): boolean {
  if (operator === "*") return BigInt(left) * BigInt(right) === BigInt(result);
  return (operator === "+" ? left + right : left - right) === result;
}
