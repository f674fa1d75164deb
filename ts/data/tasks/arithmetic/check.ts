import { type BinaryEquation, binaryEquation, isTrue } from "../../steps/binary.ts";
import type { StepCheck } from "../../task.ts";
import {
  type ArithmeticProblem,
  type Item,
  isProduct,
  type Product,
  quantityOf,
  stepsOf,
} from "./problem.ts";

/** The numbers that can still be used, each as often as it stands here. */
interface Numbers {
  /** What came in: plain amounts, results of products and sums. */
  has: readonly number[];
  /** What has yet to be taken away. */
  owes: readonly number[];
}

/** Where a COT stands after some of its lines. */
interface Progress {
  /** Quantities that a line of their own has yet to name: products, and in the labelled form amounts too. */
  unnamed: readonly Item[];
  /** Every reading of the lines so far: `5 + 3 = 8` may add what came in or what is to be taken away. */
  readings: readonly Numbers[];
}

/**
 * Checks every line of a COT: a true equation over numbers that are there, each used once and in its right
 * pairing; nothing left over; at the end `#### N` with N the last result. Any valid order passes (products
 * between sums, losses added up before they are taken away), the references among them. In the labelled form a
 * quantity can be used once a line `thing : ...` has named it with its own thing. No more lines are read than
 * a valid COT can have.
 */
export function checkProblemSteps(problem: ArithmeticProblem, text: string): StepCheck {
  const { items } = problem;
  const labelled = problem.form === "labelled";
  const lines = text.trimEnd().split("\n", stepsOf(items) + items.length + 2);
  let progress = start(items, labelled);
  for (const [at, line] of lines.entries()) {
    const final = line.startsWith("####");
    const next = final ? finish(progress, line, lines.length > at + 1) : advance(progress, line, labelled);
    if (typeof next === "string") return { valid: false, firstError: { line: at + 1, reason: next } };
    if (final) return { valid: true };
    progress = next;
  }
  return { valid: false, firstError: { line: lines.length + 1, reason: "no line with the final answer" } };
}

function start(items: readonly Item[], labelled: boolean): Progress {
  const income = items.filter((item) => item.operation !== "subtract");
  const named: readonly Item[] = labelled ? [] : income.filter((item) => !isProduct(item));
  const owes = items.filter((item) => item.operation === "subtract").map(quantityOf);
  return {
    unnamed: income.filter((item) => !named.includes(item)),
    readings: [{ has: named.map(quantityOf), owes }],
  };
}

/** The progress after one more line, or what is wrong with the line. */
function advance(progress: Progress, line: string, labelled: boolean): Progress | string {
  const colon = labelled ? line.indexOf(":") : -1;
  if (colon >= 0) return name(progress, line.slice(colon + 1), line.slice(0, colon).trim());
  const equation = binaryEquation(line);
  if (equation === undefined) return "not an equation of two numbers";
  if (!isTrue(equation)) return "the equation is not true";
  if (equation.operator === "*" && !labelled) return name(progress, line);
  const readings = progress.readings.flatMap((numbers) => combine(numbers, equation));
  return readings.length > 0
    ? { ...progress, readings: distinct(readings) }
    : "uses a number that is not there, or no longer";
}

/** Uses a product of the question (or, labelled, a quantity of this thing) that was not used before. */
function name(progress: Progress, right: string, thing?: string): Progress | string {
  const equation = binaryEquation(right);
  if (equation !== undefined && !isTrue(equation)) return "the equation is not true";
  const item = progress.unnamed.find(
    (item) =>
      (thing === undefined || item.thing === thing) &&
      (isProduct(item) ? isProductOf(item, equation) : right.trim() === `${item.amount}`),
  );
  if (item === undefined)
    return thing === undefined
      ? "not a product of the question, or used before"
      : "not the quantity of this thing, or named before";
  return {
    unnamed: progress.unnamed.filter((left) => left !== item),
    readings: progress.readings.map(({ has, owes }) => ({ has: [...has, quantityOf(item)], owes })),
  };
}

const isProductOf = (item: Product, equation: BinaryEquation | undefined): boolean =>
  equation?.operator === "*" &&
  ((equation.left === item.count && equation.right === item.each) ||
    (equation.left === item.each && equation.right === item.count));

function combine({ has, owes }: Numbers, { left, operator, right, result }: BinaryEquation): Numbers[] {
  const readings: Numbers[] = [];
  if (operator === "+") {
    const added = take(take(has, left), right);
    if (added !== undefined) readings.push({ has: [...added, result], owes });
    const owed = take(take(owes, left), right);
    if (owed !== undefined) readings.push({ has, owes: [...owed, result] });
  } else if (operator === "-") {
    const rest = take(has, left);
    const owed = take(owes, right);
    if (rest !== undefined && owed !== undefined) readings.push({ has: [...rest, result], owes: owed });
  }
  return readings;
}

/** The numbers without one that equals `value`; undefined when there is none. */
function take(numbers: readonly number[] | undefined, value: number): number[] | undefined {
  const at = numbers?.indexOf(value) ?? -1;
  return at < 0 ? undefined : numbers?.toSpliced(at, 1);
}

const keyOf = ({ has, owes }: Numbers): string =>
  [has, owes].map((numbers) => [...numbers].sort((a, b) => a - b).join()).join("|");

const distinct = (readings: readonly Numbers[]): Numbers[] => [
  ...new Map(readings.map((numbers) => [keyOf(numbers), numbers])).values(),
];

function finish({ unnamed, readings }: Progress, line: string, more: boolean): Progress | string {
  const answer = /^#### (\d{1,15})\s*$/.exec(line)?.[1];
  if (answer === undefined) return "the final answer is not `#### N`";
  if (more) return "text after the final answer";
  const complete = readings.filter(({ has, owes }) => has.length === 1 && owes.length === 0);
  if (unnamed.length > 0 || complete.length === 0) return "ends before every number was used";
  return complete.some(({ has }) => has[0] === Number(answer))
    ? { unnamed, readings }
    : "the final answer is not the last result";
}
