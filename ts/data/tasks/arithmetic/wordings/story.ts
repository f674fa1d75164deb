import type { Random } from "../../../../core/random.ts";
import { type Item, isProduct } from "../problem.ts";
import type { Wording } from "./wording.ts";

/** Things that one would count together, and what people do with them; `#` is how many of which. */
interface Kind {
  /** What all of them are called. */
  all: string;
  things: readonly string[];
  containers: readonly string[];
  gains: readonly string[];
  losses: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    all: "pieces of fruit",
    things: ["apples", "pears", "plums", "figs", "kiwis", "bananas", "oranges", "peaches"],
    containers: ["bags", "boxes", "baskets"],
    gains: ["buys #", "picks #", "gets # from a friend"],
    losses: ["eats #", "gives away #", "gives # to a friend"],
  },
  {
    all: "toys",
    things: ["balls", "dolls", "cars", "trains", "kites", "drums", "robots", "puzzles"],
    containers: ["bags", "boxes", "packs"],
    gains: ["buys #", "finds #", "gets # from a friend"],
    losses: ["sells #", "gives away #", "gives # to a friend"],
  },
  {
    all: "flowers",
    things: ["roses", "tulips", "violets", "orchids", "asters", "dahlias", "sunflowers", "marigolds"],
    containers: ["bunches", "boxes", "baskets"],
    gains: ["buys #", "picks #", "gets # from a friend"],
    losses: ["sells #", "gives away #", "gives # to a friend"],
  },
];

const openings = ["has #", "starts with #"] as const;
const pronouns: Readonly<Record<string, string>> = { Ann: "she", Mia: "she", Tom: "he", Ben: "he" };

/**
 * Sentences as people write them: somebody has something, gets more of its kind, and parts with some of what is there.
 * E.g. `Ann has 7 boxes of 4 pears. Then she picks 9 plums and 5 figs. She eats 6 pears. How many pieces of fruit does
 * Ann have now?`
 */
export const story: Wording = {
  names: Object.keys(pronouns),
  scene(random) {
    const { things, containers } = random.pick(kinds);
    return { things: random.shuffle(things), containers };
  },
  question(problem, random) {
    const { name, items } = problem;
    const kind = kinds.find(({ things }) => things.includes(items[0]!.thing))!;
    const person = pronouns[name]!;
    const [first, ...later] = parted(items, random);
    const sentences = [`${name} ${told(random.pick(openings), first!)}`];
    const another = unlikeLast(random);
    for (const part of later) {
      const who = another([capital(person), `Then ${person}`, `Later ${person}`]);
      sentences.push(`${who} ${told(another(isLoss(part[0]!) ? kind.losses : kind.gains), part)}`);
    }
    const end = random.pick(["now", isLoss(items.at(-1)!) ? "left" : "in all"]);
    return `${sentences.join(". ")}. How many ${kind.all} does ${random.pick([name, person])} have ${end}?`;
  },
};

const isLoss = ({ operation }: Item): boolean => operation === "subtract";

/** Draws, but nothing that the sentence before has. */
function unlikeLast(random: Random): (ways: readonly string[]) => string {
  let before: string[] = [];
  return (ways) => {
    const way = random.pick(ways.filter((one) => !before.includes(one)));
    before = [...before.slice(-1), way];
    return way;
  };
}

/**
 * What is told in one sentence: the first item, or neighbours of one operation, none of which names the same thing.
 * A product and an amount never stand in one: `3 bags of 4 figs and 9 pears` may be thought to lie in 3 bags.
 */
function parted(items: readonly Item[], random: Random): Item[][] {
  const parts: Item[][] = [];
  for (const item of items) {
    const last = parts.at(-1);
    const alike = last?.every(({ operation, thing }) => operation === item.operation && thing !== item.thing);
    if (last !== undefined && alike && random.next() < 0.5) last.push(item);
    else parts.push([item]);
  }
  return parts;
}

function told(way: string, items: readonly Item[]): string {
  const phrases = items.map(nounPhrase);
  const last = phrases.pop()!;
  return way.replace("#", phrases.length === 0 ? last : `${phrases.join(", ")} and ${last}`);
}

const nounPhrase = (item: Item): string =>
  isProduct(item)
    ? `${counted(item.count, item.container)} of ${counted(item.each, item.thing)}`
    : counted(item.amount, item.thing);

const counted = (count: number, plural: string): string =>
  `${count} ${count === 1 ? plural.replace(/(?<=x|ch)es$|s$/, "") : plural}`;

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
