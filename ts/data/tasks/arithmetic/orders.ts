import type { Random } from "../../../core/random.ts";
import { type Item, signedQuantityOf } from "./problem.ts";

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
