/**
 * Arithmetic as people write it inside a sentence: `$48 / 2`, `3 x 4`, `(5 + 3) * 2`, `20% * 50`, `1,200 - 30`.
 * Values are exact fractions. No recursion; the caller bounds the length.
 */
import { type Fraction, fraction, fractionOf } from "../answers/fraction.ts";
import { normalNumber } from "../answers/index.ts";

export type Operator = "+" | "-" | "*" | "/";
export type Token =
  | { kind: "number"; text: string; decimals: number }
  | { kind: "operator"; text: Operator; tight: boolean }
  | { kind: "(" | ")" | "%" | "break" | "unreadable"; text: string };

/** Characters that may stand within an expression; anything else ends it. */
export const isExpressionCharacter = (character: string): boolean => expressionCharacters.has(character);
const expressionCharacters = new Set("-–−0123456789+*/×÷xX()%$.,^ \t");

const piece = /\s+|\$|(\d+(?:,\d{3})+(?!\d)|\d+)?(\.\d+)?|[-–−+*/×÷xX()%^.,]/y;
const operatorOf: Readonly<Record<string, Operator>> = {
  "+": "+",
  "-": "-",
  "–": "-",
  "−": "-",
  "*": "*",
  "×": "*",
  x: "*",
  X: "*",
  "/": "/",
  "÷": "/",
};

/** The tokens of a text of expression characters; a minus that can only be a sign becomes part of its number. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    piece.lastIndex = at;
    const part = piece.exec(text)?.[0] || text[at]!;
    at += part.length;
    const next = text[at];
    if (part.trim() === "" || part === "$") continue;
    const operator = operatorOf[part];
    if (/\d/.test(part)) pushNumber(tokens, part);
    else if (operator !== undefined)
      tokens.push({ kind: "operator", text: operator, tight: next !== undefined && next !== " " });
    else if (part === "(" || part === ")" || part === "%") tokens.push({ kind: part, text: part });
    else tokens.push({ kind: part === "^" ? "unreadable" : "break", text: part });
  }
  return tokens;
}

/** A number that is its own normal form, as most are. */
const isPlain = (written: string): boolean => /^[1-9]\d{0,14}$/.test(written);

function pushNumber(tokens: Token[], written: string): void {
  const normal = isPlain(written) ? written : (normalNumber(written) ?? "0");
  const point = written.indexOf(".");
  const decimals = point < 0 ? 0 : written.length - point - 1;
  const before = tokens.at(-2);
  const last = tokens.at(-1);
  const isSign =
    last?.kind === "operator" &&
    last.text === "-" &&
    last.tight &&
    (before === undefined || before.kind === "operator" || before.kind === "(" || before.kind === "break");
  if (isSign) tokens.pop();
  tokens.push({ kind: "number", text: isSign ? `-${normal}` : normal, decimals });
}

const precedence: Readonly<Record<Operator, number>> = { "+": 1, "-": 1, "*": 2, "/": 2 };

/**
 * The value of a well-formed expression by the usual precedence (shunting yard, Dijkstra 1961). Undefined when it
 * divides by zero or is not well-formed.
 */
export function evaluate(tokens: readonly Token[]): Fraction | undefined {
  const values: (Fraction | undefined)[] = [];
  const pending: (Operator | "(")[] = [];
  function reduce(): void {
    const right = values.pop();
    const left = values.pop();
    values.push(apply(pending.pop() as Operator, left, right));
  }
  for (const token of tokens) {
    if (token.kind === "number") values.push(fractionOf(token.text));
    else if (token.kind === "%") values.push(apply("/", values.pop(), { numerator: 100n, denominator: 1n }));
    else if (token.kind === "(") pending.push("(");
    else if (token.kind === ")") {
      while (pending.length > 0 && pending.at(-1) !== "(") reduce();
      if (pending.pop() === undefined) return undefined;
    } else if (token.kind === "operator") {
      for (let top = pending.at(-1); top !== undefined && top !== "("; top = pending.at(-1)) {
        if (precedence[top] < precedence[token.text]) break;
        reduce();
      }
      pending.push(token.text);
    } else return undefined;
  }
  while (pending.length > 0 && pending.at(-1) !== "(") reduce();
  return pending.length === 0 && values.length === 1 ? values[0] : undefined;
}

function apply(operator: Operator, a: Fraction | undefined, b: Fraction | undefined): Fraction | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (operator === "*") return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
  if (operator === "/") return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
  const whole = a.denominator === 1n && b.denominator === 1n;
  const left = whole ? a.numerator : a.numerator * b.denominator;
  const right = whole ? b.numerator : b.numerator * a.denominator;
  return fraction(operator === "+" ? left + right : left - right, whole ? 1n : a.denominator * b.denominator);
}
