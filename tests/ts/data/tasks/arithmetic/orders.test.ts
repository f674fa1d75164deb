import { expect, it } from "vitest";
import { randomFrom } from "../../../../../ts/core/random.ts";
import { type ArithmeticProblem, arithmeticQuestions } from "../../../../../ts/data/index.ts";
import { referenceText } from "../../../../../ts/data/tasks/arithmetic/text.ts";
import { countOrders } from "./count-orders.ts";

const problem = (items: ArithmeticProblem["items"], maxTotal = 99): ArithmeticProblem => ({
  form: "clean",
  name: "Cat",
  maxTotal,
  items,
});
const add = (amount: number) => ({ operation: "add" as const, amount, thing: "figs" });
const subtract = (amount: number) => ({ operation: "subtract" as const, amount, thing: "figs" });
const multiply = (count: number, each: number) => ({
  operation: "multiply" as const,
  count,
  each,
  container: "bags",
  thing: "figs",
});

/** How many different references are drawn in many tries. */
function countDrawn(drawn: ArithmeticProblem, name: string): number {
  const random = randomFrom("orders", name);
  return new Set(Array.from({ length: 600 }, () => referenceText(drawn, random))).size;
}

it.each([
  ["two products: 2 orders of them times 2 of the sum", [multiply(7, 4), multiply(4, 6)], 4],
  ["three amounts: 3! sums", [add(2), add(3), add(4)], 6],
  ["equal amounts look the same", [add(2), add(2), add(3)], 3],
  ["a loss cannot come before what covers it: 9 - 5, 9 + 2, 2 + 9", [add(9), add(2), subtract(5)], 3],
  ["equal products look the same", [multiply(3, 4), multiply(3, 4)], 1],
])("%s", (name, items, orders) => {
  expect(countDrawn(problem(items), name)).toBe(orders);
  expect(countOrders(problem(items))).toBe(orders);
});

it("leaves out orders that go beyond the largest total", () => {
  // Of 9, 8, -4 with at most 13: 9 - 4 + 8 = 13 and 8 - 4 + 9 = 13; 9 + 8 = 17 is too much.
  expect(countDrawn(problem([add(9), add(8), subtract(4)], 13), "largest")).toBe(2);
});

it("draws each of the different references, and no others", () => {
  for (const form of ["clean", "labelled"] as const)
    for (const question of arithmeticQuestions({ form, items: [2, 3] }, 40, 2)) {
      const drawn = question.problem as ArithmeticProblem;
      expect(countDrawn(drawn, question.id)).toBe(countOrders(drawn));
    }
});

it("draws the orders equally often", () => {
  const random = randomFrom("uniform");
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 3_000; draw++) {
    const text = referenceText(problem([add(9), add(2), subtract(5)]), random);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  // 1,000 each; the standard deviation is 26.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  expect(counts.size).toBe(3);
});
