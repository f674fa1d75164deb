import { type ArithmeticTask, arithmeticTaskSchema, taskName } from "../../../config/index.ts";
import { inputError } from "../../../core/errors.ts";
import { type Random, randomFrom } from "../../../core/random.ts";
import type { Question } from "../../../core/records.ts";
import type { SplitName } from "../../task.ts";
import {
  type ArithmeticProblem,
  contentOf,
  type Item,
  quantityOf,
  splitOf,
  stepsOf,
  totalOf,
} from "./problem.ts";
import { questionText, referenceText } from "./text.ts";

/** Few words, each used like any other of its kind: the difficulty is in the numbers. */
const names = ["Cat", "Tom", "Ann", "Bob"] as const;
const containers = ["boxes", "bags", "jars", "packs"] as const;
const things = ["keys", "figs", "pens", "nuts", "cups", "eggs", "hats", "pins"] as const;

/** Draws in a row that give nothing new before the settings are held to be too narrow. */
const mostMisses = 50_000;
/** Draws of one item that overshoots the largest total before the whole problem is drawn anew. */
const triesAnItem = 8;

/**
 * Generates `count` questions of a split, the same for the same settings and seed; a smaller count gives the
 * first ones of a larger. No question comes twice; a content comes at most `repeats` times. How many items
 * a question has is drawn first and kept, so that every split and count has the same mix of difficulties.
 * Settings that leave too little to draw from are an input error.
 */
export function* arithmeticQuestions(
  settings: Partial<ArithmeticTask>,
  count: number,
  seed?: number,
  split: SplitName = "train",
): Generator<Question> {
  const parsed = arithmeticTaskSchema.parse({ ...settings, task: "arithmetic" });
  const name = taskName(parsed);
  const random = randomFrom("arithmetic", seed ?? parsed.seed, split);
  const seen = new Map<string, number>();
  const texts = new Set<string>();
  for (let made = 0; made < count; made++) {
    const size = random.int(...parsed.items);
    const { problem, content } =
      drawNew(parsed, size, random, (items, key) => {
        if (splitOf(key) !== split || (seen.get(key) ?? 0) >= parsed.repeats) return undefined;
        const drawn: ArithmeticProblem = {
          form: parsed.form,
          name: random.pick(names),
          maxTotal: parsed.maxTotal,
          items,
        };
        return texts.has(questionText(drawn)) ? undefined : drawn;
      }) ?? tooNarrow(parsed, `${size} items for the ${split} split after ${made} of ${count} questions`);
    seen.set(content, (seen.get(content) ?? 0) + 1);
    const question = questionText(problem);
    texts.add(question);
    yield {
      id: `${name}-${split}-${made + 1}`,
      task: name,
      question,
      reference: referenceText(problem, random),
      answer: `${totalOf(problem.items)}`,
      difficulty: stepsOf(problem.items),
      content,
      problem,
    };
  }
}

function drawNew(
  settings: ArithmeticTask,
  size: number,
  random: Random,
  accept: (items: Item[], content: string) => ArithmeticProblem | undefined,
): { problem: ArithmeticProblem; content: string } | undefined {
  for (let misses = 0; misses < mostMisses; misses++) {
    const items = drawItems(settings, size, random);
    if (items === undefined) continue;
    const content = contentOf(items);
    const problem = accept(items, content);
    if (problem !== undefined) return { problem, content };
  }
  return undefined;
}

/** Items in the order in which the question names them; no total on the way leaves 0..maxTotal. */
function drawItems(settings: ArithmeticTask, size: number, random: Random): Item[] | undefined {
  const unused = random.shuffle(things);
  const held = new Map<string, number>();
  const items: Item[] = [];
  let total = 0;
  while (items.length < size) {
    let item: Item | undefined;
    for (let tries = 0; tries < triesAnItem && item === undefined; tries++) {
      const drawn = drawItem(settings, unused[items.length]!, held, random);
      if (drawn !== undefined && inRange(total, drawn, settings.maxTotal)) item = drawn;
    }
    if (item === undefined) return undefined;
    const change = item.operation === "subtract" ? -item.amount : quantityOf(item);
    held.set(item.thing, (held.get(item.thing) ?? 0) + change);
    total += change;
    items.push(item);
  }
  return items;
}

const inRange = (total: number, item: Item, maxTotal: number): boolean =>
  item.operation === "subtract" || total + quantityOf(item) <= maxTotal;

function drawItem(
  { operations, multiplier, amount }: ArithmeticTask,
  thing: string,
  held: ReadonlyMap<string, number>,
  random: Random,
): Item | undefined {
  // Nothing can be given away at first.
  const operation = random.pick(
    held.size === 0 ? operations.filter((name) => name !== "subtract") : operations,
  );
  if (operation === "multiply")
    return {
      operation,
      count: random.int(...multiplier),
      each: random.int(...multiplier),
      container: random.pick(containers),
      thing,
    };
  if (operation === "add") return { operation, amount: random.int(...amount), thing };
  // Only what is there can be given away.
  const taken = random.int(...amount);
  const enough = [...held].filter(([, left]) => left >= taken).map(([name]) => name);
  return enough.length === 0 ? undefined : { operation, amount: taken, thing: random.pick(enough) };
}

function tooNarrow(settings: ArithmeticTask, missing: string): never {
  const { items, multiplier, amount, maxTotal, operations, repeats } = settings;
  throw inputError({
    what: `these arithmetic settings do not hold enough different problems: no further one with ${missing}`,
    found: { items, multiplier, amount, maxTotal, operations, repeats },
    expected: "more room, or fewer questions",
    fix: "widen items, multiplier, amount, maxTotal or operations, raise repeats, or ask for fewer questions",
  });
}
