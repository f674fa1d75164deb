import { expect, it } from "vitest";
import { type ArithmeticProblem, arithmeticQuestions } from "../../../../../ts/data/index.ts";

const told = (settings: Parameters<typeof arithmeticQuestions>[0], count: number, seed: number) => [
  ...arithmeticQuestions({ wording: "story", ...settings }, count, seed),
];

const gains = /\b(has|starts with|buys|picks|finds|gets)\b/;
const losses = /\b(eats|sells|gives)\b/;

/** What a reader works out from the text alone: what is there of each thing after every sentence. */
function readTotals(question: string): Map<string, number>[] {
  const there = new Map<string, number>();
  return question
    .split(/[.?] ?/)
    .slice(0, -2)
    .map((sentence) => {
      expect(gains.test(sentence)).not.toBe(losses.test(sentence));
      const sign = losses.test(sentence) ? -1 : 1;
      for (const [, count, each, thing] of sentence.matchAll(/(\d+) (?:\w+ of (\d+) )?(\w+)/g)) {
        const name = thing!.replace(/s$/, "");
        there.set(name, (there.get(name) ?? 0) + sign * Number(count) * Number(each ?? 1));
      }
      return new Map(there);
    });
}

it("tells what is asked for: the answer follows from the text alone, and nobody parts with what is not there", () => {
  for (const { question, answer } of [...told({}, 800, 1), ...told({ items: [5, 8] }, 100, 2)]) {
    const totals = readTotals(question);
    for (const after of totals) expect(Math.min(...after.values())).toBeGreaterThanOrEqual(0);
    expect([...totals.at(-1)!.values()].reduce((a, b) => a + b)).toBe(Number(answer));
  }
});

it("counts things of one kind, by the name of the kind", () => {
  const things = new Map<string, Set<string>>();
  for (const { question, problem } of told({}, 1_000, 3)) {
    const [, all] = /How many (pieces of fruit|toys|flowers) does/.exec(question)!;
    const { items } = problem as ArithmeticProblem;
    things.set(all!, new Set([...(things.get(all!) ?? []), ...items.map(({ thing }) => thing)]));
  }
  const kinds = [...things.values()];
  expect(kinds.map(({ size }) => size)).toEqual([8, 8, 8]);
  expect(new Set(kinds.flatMap((kind) => [...kind])).size).toBe(24);
});

it("agrees in number, person and sex, and tells no two sentences in the same way", () => {
  for (const { question } of told({ items: [2, 6], multiplier: [1, 4], amount: [1, 6] }, 800, 4)) {
    for (const [, count, noun] of question.matchAll(/(\d+) (\w+)/g))
      expect(`${noun}`.endsWith("s")).toBe(count !== "1");
    const she = /^(Ann|Mia) /.test(question);
    expect(question).not.toMatch(she ? /\bhe\b/i : /\bshe\b/i);
    const [, ...later] = question.split(". ").slice(0, -1);
    const starts = later.map((sentence) => /^(Then|Later|She|He)/.exec(sentence)![0]);
    const ways = later.map((sentence) => sentence.replace(/^(Then |Later )?\w+ |\d.*\d \w+|\d+ \w+/g, ""));
    for (const list of [starts, ways]) expect(list.some((way, at) => way === list[at + 1])).toBe(false);
  }
});

it("has several sentences for each thing that happens, and reads as people write", () => {
  const questions = told({}, 1_000, 1).map(({ question }) => question);
  expect(questions.slice(0, 3)).toEqual([
    "Ann has 5 bags of 2 plums. Then she gives away 7 plums. How many pieces of fruit does Ann have now?",
    "Ben has 3 boxes of 2 drums. Later he buys 12 balls. He gets 16 puzzles from a friend. How many toys does Ben have in all?",
    "Ben starts with 13 plums. Later he buys 4 boxes of 9 kiwis. He eats 14 kiwis. Then he gives 12 kiwis to a friend. How many pieces of fruit does Ben have left?",
  ]);
  const verbs = questions.flatMap((question) => [...question.matchAll(/\bs?he ([a-z]+)/gi)]);
  expect(new Set(verbs.map(([, verb]) => verb))).toEqual(
    new Set(["have", "buys", "picks", "finds", "gets", "eats", "sells", "gives"]),
  );
});

it("leaves no doubt what lies in a bag: a product and an amount never share a sentence", () => {
  for (const { question } of told({ items: [3, 6] }, 400, 5))
    for (const sentence of question.split(". ")) {
      const numbers = sentence.match(/\d+/g)?.length ?? 0;
      expect([0, numbers]).toContain(2 * (sentence.match(/\d+ \w+ of \d+/g)?.length ?? 0));
    }
});
