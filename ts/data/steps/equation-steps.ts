/**
 * Process labels of COTs in GSM8K's form: each equation is a step, whether it stands in the text (`48 / 2 = 24`) or in a
 * calculator annotation (`48/2 = <<48/2=24>>24`), where the text around must say the same as the annotation.
 */

import { defined } from "../../core/defined.ts";
import { equal, type Fraction, roundsTo } from "../answers/fraction.ts";
import type { StepCheck, StepQuality } from "../task.ts";
import { holds, leftSide, type ReadEquation, readEquations, spell, spelling } from "./equations.ts";
import { evaluate, type Token, tokenize } from "./expression.ts";

export interface EquationStep {
  /** Without spaces, `$` and thousands' commas: `48/2=24`. */
  text: string;
  /** Counted from 1. */
  line: number;
  /** The equation is true, or rounds to its decimals. */
  holds: boolean;
  /** Whether the text before and after an annotation says what it says; undefined where there is nothing to compare. */
  agrees?: boolean;
  /** What is wrong with it, in a sentence. */
  reason?: string;
}

/** The steps of a text in their order. Linear in the text. */
export function equationSteps(text: string): EquationStep[] {
  let line = 1;
  let newline = text.indexOf("\n");
  return readEquations(text).map((equation) => {
    for (; newline >= 0 && newline < equation.at; newline = text.indexOf("\n", newline + 1)) line++;
    const written = spelling(equation);
    const isTrue = holds(equation);
    const differs = annotationDiffers(text, equation);
    const reason = isTrue ? differs || undefined : `the equation ${written} is not true`;
    return {
      text: written,
      line,
      holds: isTrue,
      ...defined({ agrees: differs === undefined ? undefined : differs === "", reason }),
    };
  });
}

export const isRight = ({ holds, agrees }: EquationStep): boolean => holds && agrees !== false;

/** Whether every step is right, and the first that is not; undefined where there is no equation to check. */
export function checkEquationSteps(text: string): StepCheck | undefined {
  const steps = equationSteps(text);
  const wrong = steps.find((step) => !isRight(step));
  if (wrong === undefined) return steps.length === 0 ? undefined : { valid: true };
  return { valid: false, firstError: { line: wrong.line, reason: wrong.reason! } };
}

/** The share of the steps that are right. A text without an equation has shown none that is. */
export function equationQuality(text: string): StepQuality {
  const steps = equationSteps(text);
  const share = steps.length === 0 ? 0 : steps.filter(isRight).length / steps.length;
  return { valid: share === 1, progress: share };
}

/** Characters of an annotation, and of a number after it, beyond which they are not compared. */
const longest = 200;

/**
 * What the text says otherwise than the annotation that holds this equation: "" for nothing; undefined where the
 * equation is in no annotation, or nothing readable stands around it.
 */
function annotationDiffers(text: string, equation: ReadEquation): string | undefined {
  const window = text.slice(Math.max(0, equation.at - longest), equation.at);
  const opened = window.lastIndexOf("<<");
  if (opened < 0 || window.includes(">>", opened) || window.includes("\n", opened)) return undefined;
  const start = equation.at - window.length + opened;
  const close = text.slice(equation.at, equation.at + longest).indexOf(">>");
  if (close < 0) return undefined;
  const [value, result] = equation.values;
  if (value === undefined || result === undefined) return undefined;
  const end = equation.at + close + 2;
  const said = numberAfter(text.slice(end, end + longest));
  const before = expressionBefore(text, start, equation.left);
  if (said === undefined && before === undefined) return undefined;
  if (said !== undefined && !saysSame(said, result))
    return `the text says ${said} after the annotation ${spelling(equation)}`;
  if (before !== undefined && !before)
    return `the text before the annotation ${spelling(equation)} works out something else`;
  return "";
}

/** Equal, or rounded for reading. */
function saysSame(written: string, exact: Fraction): boolean {
  const [token] = tokenize(written);
  const value = evaluate(tokenize(written));
  if (value === undefined || token?.kind !== "number") return false;
  return equal(exact, value) || roundsTo(exact, value, token.decimals);
}

const numberAfter = (text: string): string | undefined =>
  /^\$?(-?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)(?![\d^]|[,/.]\d)/.exec(text)?.[1];

const numbersIn = (tokens: readonly Token[]): number => tokens.filter(({ kind }) => kind === "number").length;

/**
 * Of `48 / 2 = $<<`: whether what stands before the `=` is worth what the annotation works out. undefined where it
 * cannot be set beside it: it must be an expression of as many numbers (of `60 students x 2/3` only the end can be
 * read), none in percent (`27/60 * 100%` is 45 to its writer).
 */
function expressionBefore(text: string, start: number, annotated: readonly Token[]): boolean | undefined {
  let end = start;
  while (end > 0 && start - end < 4 && (text[end - 1] === " " || text[end - 1] === "$")) end--;
  if (text[end - 1] !== "=") return undefined;
  const tokens = leftSide(text, end - 1);
  if (tokens === undefined) return undefined;
  if (spell(tokens) === spell(annotated)) return true;
  if (numbersIn(tokens) !== numbersIn(annotated) || tokens.some(({ kind }) => kind === "%")) return undefined;
  const [value, expected] = [evaluate(tokens), evaluate(annotated)];
  return value === undefined || expected === undefined ? undefined : equal(value, expected);
}
