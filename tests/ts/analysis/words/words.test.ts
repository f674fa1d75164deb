import { expect, it } from "vitest";
import { plainText } from "../../../../ts/analysis/document/text.ts";
import { summarise } from "../../../../ts/analysis/index.ts";
import { methodWords, termsOf, withHints, wordsOf } from "../../../../ts/analysis/words/index.ts";
import { methods, syntheticRun } from "../synthetic.ts";

const summary = summarise(syntheticRun({ questions: 5, trainingSteps: 1 }), 10);

const hintsIn = (text: string): string[] =>
  [...JSON.stringify(withHints(text, summary.methods)).matchAll(/"hint":".*?","content":"(.*?)"/g)].map(
    ([, term]) => term!,
  );

it("marks whole words that are told, however they end, and leaves the text as it was", () => {
  const text =
    "AFT-BC answers significantly more than continued VFT, by 2 points; DCs of COTs, BCE and draft do not.";
  expect(hintsIn(text)).toEqual(["AFT", "BC", "significantly", "continued VFT", "points", "DCs", "COTs"]);
  expect(plainText(withHints(text, summary.methods))).toBe(text);
});

it("keeps on one line what a reader takes for one word", () => {
  const told = withHints("AFT-BC is at +5.0 points [−2.3, +12.3], DC- is a word.", summary.methods);
  const kept = (told as readonly { style?: string }[]).filter(({ style }) => style === "together");
  expect(kept.map((part) => plainText(part as typeof told))).toEqual(["AFT-BC", "[−2.3, +12.3]"]);
});

it("finds a method's name whatever characters it has", () => {
  for (const label of ["vft-continued", "VFT (more) [2*x+1]", "a/b\\c", "50 % ^ {1|2} $?"]) {
    const named = summary.methods.map((method) =>
      method.role === "continued" ? { ...method, label } : method,
    );
    const parts = withHints(`RFT beats ${label}, a little.`, named);
    expect(plainText(parts)).toBe(`RFT beats ${label}, a little.`);
    expect(JSON.stringify(parts)).toContain(JSON.stringify({ content: label }).slice(1, -1));
  }
});

it("tells in full or in a few words of all that the methods are called, and of nothing that is not there", () => {
  const names = (some: typeof summary.methods): string[] => termsOf(some).map(({ term }) => term);
  expect(names(summary.methods)).toEqual([
    ...["VFT", "continued VFT", "RFT", "AFT", "DC", "BC", "COT", "greedy", "significant"],
    ...["points", "score", "perplexity", "assessment accuracy", "maj@6", "pass@6"],
  ]);
  expect(names(summary.methods.filter(({ role }) => role === "kept"))).toEqual([
    ...["VFT", "COT", "greedy", "points", "score", "perplexity", "assessment accuracy", "maj@6", "pass@6"],
  ]);
  for (const { brief, meaning } of termsOf(summary.methods)) expect(brief ?? meaning).toMatch(/^[\d\p{L}]/u);
  expect(methods.length).toBe(summary.methods.length);
});

it("stands in one block on a page and in few words on a terminal, from the same sentences", () => {
  const block = wordsOf(summary.methods);
  const entries = block.block === "facts" ? block.entries : [];
  const told = methodWords(summary.methods);
  for (const [term, words] of entries.slice(0, 6)) expect(told).toContain(`${term}: ${words}`);
  expect(told).toMatch(/^VFT: .*\. BC: .*\.$/);
});
