/**
 * The values of arithmetic as people write it: `$48 / 2`, `3 x 4`, `(5 + 3) * 2`, `20% * 50`. Exact fractions; no
 * recursion; the caller bounds the length.
 */
import { type Fraction, fraction } from "../answers/fraction.ts";
import type { Operator, Token } from "./tokens.ts";

/** What an expression leaves open. The first of each is the usual one. */
export interface Reading {
  /** `1.500` is one and a half, or fifteen hundred. */
  decimals: "point" | "comma";
  /** `10%` is a tenth; or ten, of a hundred; or, added, a tenth of what stands before. */
  percent: "share" | "number" | "ofSum";
  /** `60 / 3/4`: in turn; first what stands close together; or from the end. */
  division: "inTurn" | "tight" | "fromEnd";
}

export const usual: Reading = { decimals: "point", percent: "share", division: "inTurn" };

const precedence: Readonly<Record<Operator, number>> = { "+": 1, "-": 1, "*": 2, "/": 2 };
const hundred: Fraction = { numerator: 100n, denominator: 1n };

type Pending = { sign: Operator; rank: number; percent?: boolean } | "(";
type Value = { value: Fraction | undefined; isPercent?: boolean };

/**
 * The value of a well-formed expression by the usual precedence (shunting yard, Dijkstra 1961). Undefined when it
 * divides by zero, is not well-formed, or has a number that cannot be read so.
 */
export function evaluate(tokens: readonly Token[], reading: Reading = usual): Fraction | undefined {
  const values: Value[] = [];
  const pending: Pending[] = [];
  function reduce(): void {
    const right = values.pop();
    const left = values.pop();
    const { sign } = pending.pop() as Exclude<Pending, "(">;
    const isOfSum =
      reading.percent === "ofSum" && right?.isPercent === true && (sign === "+" || sign === "-");
    const added = isOfSum ? apply("*", left?.value, right.value) : right?.value;
    values.push({ value: apply(sign, left?.value, added) });
  }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === "number") values.push({ value: token[reading.decimals] });
    else if (token.kind === "%") {
      const number = values.pop()?.value;
      values.push({
        value: reading.percent === "number" ? number : apply("/", number, hundred),
        isPercent: true,
      });
    } else if (token.kind === "(") pending.push("(");
    else if (token.kind === ")") {
      while (pending.length > 0 && pending.at(-1) !== "(") reduce();
      if (pending.pop() === undefined) return undefined;
    } else if (token.kind === "operator") {
      const isFraction = reading.division === "tight" && isTightDivision(tokens, at);
      const rank = isFraction ? 3 : precedence[token.text];
      for (let top = pending.at(-1); top !== undefined && top !== "("; top = pending.at(-1)) {
        const isLater = reading.division === "fromEnd" && token.text === "/" && top.sign === "/";
        if (top.rank < rank || isLater) break;
        reduce();
      }
      pending.push({ sign: token.text, rank });
    } else return undefined;
  }
  while (pending.length > 0 && pending.at(-1) !== "(") reduce();
  return pending.length === 0 && values.length === 1 ? values[0]!.value : undefined;
}

/** `3/4` without spaces, two numbers. */
const isTightDivision = (tokens: readonly Token[], at: number): boolean => {
  const [before, sign, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  return (
    sign?.kind === "operator" &&
    sign.text === "/" &&
    !sign.spaced &&
    sign.tight &&
    before?.kind === "number" &&
    after?.kind === "number"
  );
};

function apply(operator: Operator, a: Fraction | undefined, b: Fraction | undefined): Fraction | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (operator === "*") return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
  if (operator === "/") return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
  const whole = a.denominator === 1n && b.denominator === 1n;
  const left = whole ? a.numerator : a.numerator * b.denominator;
  const right = whole ? b.numerator : b.numerator * a.denominator;
  return fraction(operator === "+" ? left + right : left - right, whole ? 1n : a.denominator * b.denominator);
}

/** Every reading that this part of an equation leaves open, the usual one first; its decimals as the whole can be read. */
export function readingsOf(part: readonly Token[], equation: readonly Token[]): Reading[] {
  const decimals = (["point", "comma"] as const).filter((separator) =>
    equation.every((token) => token.kind !== "number" || token[separator] !== undefined),
  );
  const percents: Reading["percent"][] = part.some(({ kind }) => kind === "%")
    ? ["share", "number", "ofSum"]
    : ["share"];
  const divisions: Reading["division"][] =
    part.filter(({ text }) => text === "/").length > 1 ? ["inTurn", "tight", "fromEnd"] : ["inTurn"];
  return decimals.flatMap((separator) =>
    percents.flatMap((percent) => divisions.map((division) => ({ decimals: separator, percent, division }))),
  );
}
