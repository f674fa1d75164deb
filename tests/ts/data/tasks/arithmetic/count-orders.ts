import type { ArithmeticProblem } from "../../../../../ts/data/index.ts";

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

/** How many different references a problem has, by trying every order. */
export function countOrders({ items, maxTotal, form }: ArithmeticProblem): number {
  const quantities = items.map((item) =>
    item.operation === "multiply"
      ? item.count * item.each
      : item.operation === "add"
        ? item.amount
        : -item.amount,
  );
  const sums = permutations(quantities).filter((order) => {
    const totals = order.map((_, at) => order.slice(0, at + 1).reduce((a, b) => a + b));
    return totals.every((total) => total >= 0 && total <= maxTotal);
  });
  const lines = items.flatMap((item) => {
    const isProduct = item.operation === "multiply";
    if (form === "clean") return isProduct ? [`${item.count} * ${item.each}`] : [];
    if (item.operation === "subtract") return [];
    return [`${item.thing} : ${isProduct ? `${item.count} * ${item.each}` : item.amount}`];
  });
  const distinct = (orders: readonly unknown[][]): number =>
    new Set(orders.map((order) => order.join())).size;
  return distinct(permutations(lines)) * distinct(sums);
}
