/**
 * Process labels of COTs in GSM8K's form: each equation is a step, whether it stands in the text (`48 / 2 = 24`) or in a
 * calculator annotation (`48/2 = <<48/2=24>>24`), where the text around must say the same as the annotation.
 */

import { equal, type Fraction, roundsTo } from "../answers/fraction.ts";
import { lineCounter } from "../answers/run-on.ts";
import type { StepCheck, StepQuality } from "../task.ts";
import { meansOtherwise } from "./borders.ts";
import {
  leftSide,
  type ReadEquation,
  readEquations,
  rightSide,
  type Side,
  spell,
  spelling,
} from "./equations.ts";
import { evaluate, readingsOf } from "./expression.ts";
import type { Token } from "./tokens.ts";

export interface Step {
  equation: ReadEquation;
  /** What the text before or after its annotation says otherwise, "" for nothing; undefined where there is nothing to compare. */
  differs: string | undefined;
}

/** The steps of a text in their order. Linear in the text. */
export function* stepsOf(text: string): Generator<Step> {
  for (const equation of readEquations(text)) yield { equation, differs: annotationDiffers(text, equation) };
}

const whatIsWrong = (equation: ReadEquation, differs: string | undefined): string | undefined =>
  equation.holds ? differs || undefined : `the equation ${spelling(equation)} is not true`;

const isRight = ({ equation, differs }: Step): boolean =>
  equation.holds && (differs === undefined || differs === "");

/** Whether every step is right, and the first that is not; undefined where there is no equation to check. */
export function checkEquationSteps(text: string): StepCheck | undefined {
  let isAny = false;
  for (const step of stepsOf(text)) {
    isAny = true;
    const reason = isRight(step) ? undefined : whatIsWrong(step.equation, step.differs);
    if (reason === undefined) continue;
    return { valid: false, firstError: { line: lineCounter(text)(step.equation.at), reason } };
  }
  return isAny ? { valid: true } : undefined;
}

/** The share of the steps that are right. A text without an equation has shown none that is. */
export function equationQuality(text: string): StepQuality {
  let [count, right] = [0, 0];
  for (const step of stepsOf(text)) {
    count++;
    if (isRight(step)) right++;
  }
  const share = count === 0 ? 0 : right / count;
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
  const after = numberAfter(text, end);
  const said = after && saysSame(after, equation.left, result);
  const before = expressionBefore(text, start, equation.left);
  if (said === undefined && before === undefined) return undefined;
  if (said === false)
    return `the text says ${spell(after!.tokens)} after the annotation ${spelling(equation)}`;
  if (before !== undefined && !before)
    return `the text before the annotation ${spelling(equation)} works out something else`;
  return "";
}

/** Equal in one of its readings, or rounded for reading; undefined where it may be so in another unit. */
function saysSame(side: Side, left: readonly Token[], exact: Fraction): boolean | undefined {
  const { tokens } = side;
  const [token] = tokens;
  const values = readingsOf(tokens, tokens).flatMap((reading) => evaluate(tokens, reading) ?? []);
  const decimals = token?.kind === "number" ? token.decimals : 0;
  if (values.some((value) => equal(exact, value) || roundsTo(exact, value, decimals))) return true;
  const isUnclear = values.some((value) =>
    meansOtherwise({ left: { tokens: left, around: [] }, right: side }, exact, value),
  );
  return isUnclear ? undefined : false;
}

/** The one number that the text goes on with, if it is sure to be one and no unit of its own follows. */
function numberAfter(text: string, end: number): Side | undefined {
  const side = /\s/.test(text[end] ?? " ") ? undefined : rightSide(text, end);
  const [number, sign] = side?.tokens ?? [];
  const isAlone = side?.tokens.length === 1 || (side?.tokens.length === 2 && sign?.kind === "%");
  if (side === undefined || side.doubtful || !isAlone || number?.kind !== "number") return undefined;
  return side;
}

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
  const side = leftSide(text, end - 1);
  if (side === undefined) return undefined;
  const { tokens } = side;
  if (spell(tokens) === spell(annotated)) return true;
  const [value, expected] = [evaluate(tokens), evaluate(annotated)];
  if (value === undefined || expected === undefined) return undefined;
  if (equal(value, expected)) return true;
  const isComparable = numbersIn(tokens) === numbersIn(annotated) && !tokens.some(({ kind }) => kind === "%");
  return isComparable && !side.doubtful ? false : undefined;
}
