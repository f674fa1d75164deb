import type { Random } from "../../../core/random.ts";
import { randomOrder } from "./orders.ts";
import { type ArithmeticProblem, type Item, isProduct, quantityOf } from "./problem.ts";

/**
 * One of the reference COTs, drawn at random: the products in any order, then the sums in any order whose
 * running totals stay in range, then `#### N`. In the labelled form each quantity that comes in is listed
 * first under its thing's name, e.g. `keys : 7 * 4 = 28`, `pens : 9`.
 */
export function referenceText(problem: ArithmeticProblem, random: Random): string {
  const { items, form, maxTotal } = problem;
  const lines = random
    .shuffle(items.filter((item) => (form === "clean" ? isProduct(item) : item.operation !== "subtract")))
    .map((item) => (form === "clean" ? productText(item) : `${item.thing} : ${productText(item)}`));
  const [first, ...rest] = randomOrder(items, maxTotal, random);
  let total = quantityOf(first!);
  for (const item of rest) {
    const quantity = quantityOf(item);
    const result = item.operation === "subtract" ? total - quantity : total + quantity;
    lines.push(`${total} ${item.operation === "subtract" ? "-" : "+"} ${quantity} = ${result}`);
    total = result;
  }
  return [...lines, `#### ${total}`].join("\n");
}

const productText = (item: Item): string =>
  isProduct(item) ? `${item.count} * ${item.each} = ${quantityOf(item)}` : `${item.amount}`;
