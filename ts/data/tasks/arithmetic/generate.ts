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
import { referenceText } from "./text.ts";
import { type Scene, type Wording, wordings } from "./wordings/index.ts";

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
  const wording: Wording = wordings[parsed.wording ?? "terse"];
  const random = randomFrom("arithmetic", seed ?? parsed.seed, split);
  const seen = new Map<string, number>();
  const texts = new Set<string>();
  for (let made = 0; made < count; made++) {
    const size = random.int(...parsed.items);
    const { problem, question, content } =
      drawNew(parsed, wording, size, random, (items, key) => {
        if (splitOf(key) !== split || (seen.get(key) ?? 0) >= parsed.repeats) return undefined;
        const drawn: ArithmeticProblem = {
          form: parsed.form,
          name: random.pick(wording.names),
          maxTotal: parsed.maxTotal,
          items,
        };
        const text = wording.question(drawn, random);
        return texts.has(text) ? undefined : { problem: drawn, question: text, content: key };
      }) ?? tooNarrow(parsed, `${size} items for the ${split} split after ${made} of ${count} questions`);
    seen.set(content, (seen.get(content) ?? 0) + 1);
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

interface Drawn {
  problem: ArithmeticProblem;
  question: string;
  content: string;
}

function drawNew(
  settings: ArithmeticTask,
  wording: Wording,
  size: number,
  random: Random,
  accept: (items: Item[], content: string) => Drawn | undefined,
): Drawn | undefined {
  for (let misses = 0; misses < mostMisses; misses++) {
    const items = drawItems(settings, wording.scene(random), size, random);
    const drawn = items && accept(items, contentOf(items));
    if (drawn !== undefined) return drawn;
  }
  return undefined;
}

/** Items in the order in which the question names them; no total on the way leaves 0..maxTotal. */
function drawItems(
  settings: ArithmeticTask,
  { things, containers }: Scene,
  size: number,
  random: Random,
): Item[] | undefined {
  const held = new Map<string, number>();
  const items: Item[] = [];
  let total = 0;
  while (items.length < size) {
    let item: Item | undefined;
    for (let tries = 0; tries < triesAnItem && item === undefined; tries++) {
      const drawn = drawItem(settings, things[items.length]!, containers, held, random);
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
  containers: readonly string[],
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
