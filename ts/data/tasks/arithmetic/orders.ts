import type { Random } from "../../../core/random.ts";
import { type ArithmeticProblem, type Item, isProduct, quantityOf, signedQuantityOf } from "./problem.ts";

/**
 * How often a set of items can be brought into an order in which every running total lies in 0..maxTotal,
 * for each subset (bit i: item i is in it). A running total depends on the subset alone, which makes this a
 * table of 2^n entries instead of n! orders.
 */
function orderTable(quantities: readonly number[], maxTotal: number): Float64Array {
  const table = new Float64Array(2 ** quantities.length);
  const totals = new Float64Array(table.length);
  table[0] = 1;
  for (let subset = 1; subset < table.length; subset++) {
    const lowest = 31 - Math.clz32(subset & -subset);
    totals[subset] = totals[subset & (subset - 1)]! + quantities[lowest]!;
    if (totals[subset]! < 0 || totals[subset]! > maxTotal) continue;
    for (let at = 0; at < quantities.length; at++)
      if (subset & (1 << at)) table[subset]! += table[subset ^ (1 << at)]!;
  }
  return table;
}

/** One order of the items, uniform over those whose running totals all lie in 0..maxTotal; one must exist. */
export function randomOrder(items: readonly Item[], maxTotal: number, random: Random): Item[] {
  const table = orderTable(items.map(signedQuantityOf), maxTotal);
  const order: Item[] = [];
  for (let rest = table.length - 1; rest > 0; ) {
    let draw = random.next() * table[rest]!;
    let chosen = -1;
    for (let at = 0; at < items.length && draw >= 0; at++) {
      const before = rest & (1 << at) ? table[rest ^ (1 << at)]! : 0;
      if (before === 0) continue;
      chosen = at;
      draw -= before;
    }
    order.unshift(items[chosen]!);
    rest ^= 1 << chosen;
  }
  return order;
}

/**
 * How many different reference COTs the problem has: the orders of its products (labelled: of its listed
 * quantities) times the orders of its sums. Items that look the same on paper are not told apart.
 */
export function countOrders(problem: ArithmeticProblem): number {
  const { items, maxTotal, form } = problem;
  const sums = orderTable(items.map(signedQuantityOf), maxTotal).at(-1)!;
  const listed = items.filter((item) => (form === "clean" ? isProduct(item) : item.operation !== "subtract"));
  const lines = listed.map((item) =>
    form === "clean" && isProduct(item) ? `${item.count}*${item.each}` : `${item.thing} ${quantityOf(item)}`,
  );
  return (arrangements(lines) * sums) / repetitions(items.map((item) => `${signedQuantityOf(item)}`));
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** In how many ways equal texts can be swapped without a visible difference. */
function repetitions(texts: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.values()].reduce((product, count) => product * factorial(count), 1);
}

const arrangements = (texts: readonly string[]): number => factorial(texts.length) / repetitions(texts);
