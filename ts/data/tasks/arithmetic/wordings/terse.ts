import { type Item, isProduct } from "../problem.ts";
import type { Wording } from "./wording.ts";

const containers = ["boxes", "bags", "jars", "packs"] as const;
const things = ["keys", "figs", "pens", "nuts", "cups", "eggs", "hats", "pins"] as const;
const verbs = { multiply: "buys", add: "finds", subtract: "gives away" } as const;

/**
 * Few words, each used like any other of its kind, and one sentence for each operation.
 * E.g. `Cat buys 7 boxes of 4 keys and 4 bags of 6 figs. How many things are there in all?`
 */
export const terse: Wording = {
  names: ["Cat", "Tom", "Ann", "Bob"],
  scene: (random) => ({ things: random.shuffle(things), containers }),
  question({ name, items }) {
    const sentences: string[] = [];
    for (const [at, item] of items.entries()) {
      const sameVerb = items[at - 1]?.operation === item.operation;
      if (sameVerb) sentences.push(`${sentences.pop()} and ${nounPhrase(item)}`);
      else sentences.push(`${name} ${verbs[item.operation]} ${nounPhrase(item)}`);
    }
    return `${sentences.join(". ")}. How many things are there in all?`;
  },
};

const nounPhrase = (item: Item): string =>
  isProduct(item)
    ? `${item.count} ${item.container} of ${item.each} ${item.thing}`
    : `${item.amount} ${item.thing}`;
