import { createHash } from "node:crypto";
import { z } from "zod";
import type { SplitName } from "../../task.ts";

const natural = z.int().min(0);
const item = z.discriminatedUnion("operation", [
  z.object({
    operation: z.literal("multiply"),
    count: natural,
    each: natural,
    container: z.string(),
    thing: z.string(),
  }),
  z.object({ operation: z.literal("add"), amount: natural, thing: z.string() }),
  z.object({ operation: z.literal("subtract"), amount: natural, thing: z.string() }),
]);

/** What a question says, as data: it travels in the question's `problem` field, for the step checker. */
export const problemSchema = z.object({
  form: z.enum(["clean", "labelled"]),
  name: z.string(),
  maxTotal: natural,
  items: z.array(item).min(1).max(16),
});
export type ArithmeticProblem = z.infer<typeof problemSchema>;
export type Item = z.infer<typeof item>;
export type Product = Extract<Item, { operation: "multiply" }>;

/** How many things the item is about; what it adds to or takes from the total. */
export const quantityOf = (item: Item): number =>
  item.operation === "multiply" ? item.count * item.each : item.amount;

export const signedQuantityOf = (item: Item): number =>
  item.operation === "subtract" ? -quantityOf(item) : quantityOf(item);

export const isProduct = (item: Item): item is Product => item.operation === "multiply";

export const totalOf = (items: readonly Item[]): number =>
  items.reduce((total, item) => total + signedQuantityOf(item), 0);

/** Equations that a COT takes: one for each product, then one less than there are items. */
export const stepsOf = (items: readonly Item[]): number => items.filter(isProduct).length + items.length - 1;

/**
 * The content of a problem: its operations and numbers as a multiset, whatever the names, the things, the
 * order and the side of a factor. Two questions of equal content have the same solutions.
 * E.g. `+4*6 +4*7 -5`.
 */
export const contentOf = (items: readonly Item[]): string => items.map(contentOfItem).sort().join(" ");

function contentOfItem(item: Item): string {
  if (item.operation === "add") return `+${item.amount}`;
  if (item.operation === "subtract") return `-${item.amount}`;
  return `+${Math.min(item.count, item.each)}*${Math.max(item.count, item.each)}`;
}

/**
 * The split to which a content belongs, for every seed, every count and every setting: 80 % train, 10 %
 * validation, 10 % test. So no content that was ever trained on is ever tested.
 */
export function splitOf(content: string): SplitName {
  const share = createHash("sha256").update(content).digest().readUInt32BE(0) / 2 ** 32;
  return share < 0.8 ? "train" : share < 0.9 ? "validation" : "test";
}
