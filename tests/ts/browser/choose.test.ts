import { describe, expect, it } from "vitest";
import type { PackedIndex } from "../../../ts/analysis/features/questions/packed.ts";
import { type Choice, choose, shows, sorts } from "../../../ts/browser/choose.ts";
import { placesOf, rowsWithSample, rowsWithText } from "../../../ts/browser/search.ts";

/** Six questions of two tasks, two arms: A in place 0, B in place 1. */
const index: PackedIndex = {
  stamp: "",
  folder: null,
  methods: [
    { label: "A", role: "boundary" },
    { label: "B", role: "continued" },
  ],
  seeds: [1],
  arms: [
    { method: 0, seed: 0 },
    { method: 1, seed: 0 },
  ],
  tasks: [
    { name: "sums", extract: null },
    { name: "facts", extract: null },
  ],
  promptEnds: [],
  ids: ["a", "b", "c", "d", "e", "f"],
  taskOf: [0, 0, 0, 1, 1, 1],
  previews: [],
  outcomes: ["rrwnr-", "rwrwnr"],
  scores: [
    [-1, -2, -3, null, -1, null],
    [-2, -1, -3.5, -1, -1, -1],
  ],
  margins: [
    [5, -7, null, 0, 2, null],
    [5, -9, 1, 4, null, 1],
  ],
  rightShare: [900, 100, null, 100, 500, 0],
  texts: [],
  samples: [],
  withSamples: 0,
};
/** Marked or noted: b and e. */
const isNoted = (q: number): boolean => q === 1 || q === 4;
const chosen = (choice: { show?: string; sort?: string; task?: number; second?: number }): string =>
  choose(index, { first: 0, second: 1, task: -1, show: "all", sort: "asked", ...choice } as Choice, isNoted)
    .map((q) => index.ids[q])
    .join("");

describe("which questions are listed", () => {
  it.each([
    ["all", "abcdef"],
    ["right", "abe"],
    ["wrong", "c"],
    ["none", "d"],
    ["flipped", "bce"],
    ["gained", "be"],
    ["lost", "c"],
    ["both", "a"],
    ["neither", "d"],
    ["noted", "be"],
  ])("%s: %s", (show, expected) => {
    expect(chosen({ show })).toBe(expected);
  });

  it("is only those of a task where one is chosen", () => {
    expect(chosen({ task: 1 })).toBe("def");
    expect(chosen({ task: 0, show: "flipped" })).toBe("bc");
  });

  it.each([
    ["asked", "abcdef"],
    ["hard", "fbdeac"],
    ["easy", "aebdfc"],
    ["scoreUp", "acebdf"],
    ["scoreDown", "becadf"],
    ["scoreHigh", "aebcdf"],
    ["scoreLow", "cbaedf"],
    ["misjudged", "bdeacf"],
    ["marginUp", "badcef"],
    ["marginDown", "dabcef"],
  ])("in the order %s: %s, those without a value last", (sort, expected) => {
    expect(chosen({ sort })).toBe(expected);
  });

  it("has words for every filter and order", () => {
    expect(Object.keys(shows)).toHaveLength(10);
    expect(Object.keys(sorts)).toHaveLength(10);
  });

  it("flips nothing where a method is compared with itself, or the other was not run with the seed", () => {
    expect(chosen({ show: "flipped", second: 0 })).toBe("");
    expect(chosen({ show: "flipped", second: -1 })).toBe("");
    expect(chosen({ show: "right", second: -1 })).toBe("abe");
  });
});

describe("the search", () => {
  const strings = ["How many?", "5", "A (2+3) walk", "2 + 3 = 5", "Élan 7", "prompt 2+3"];
  const texts = {
    strings,
    rows: [
      [0, 1, 2, [5], [[3, 1], null]],
      [0, 1, null, [5], [null, [4, 0]]],
    ] as never,
  };
  const rows = (text: string, arms = [0, 1]) =>
    rowsWithText(texts, placesOf(strings, text), { seed: 0, arms });

  it("looks into questions, references and greedy COTs, in small and large letters, and takes signs as they are", () => {
    expect(rows("HOW MANY?")).toEqual([0, 1]);
    expect(rows("(2+3)")).toEqual([0]);
    expect(rows("élan")).toEqual([1]);
    expect(rows(".*")).toEqual([]);
    expect(rows("prompt")).toEqual([]);
  });

  it("looks at the arms of the seed alone", () => {
    expect(rows("Élan", [0])).toEqual([]);
    expect(rows("Élan", [1])).toEqual([1]);
  });

  it("looks into samples where that is asked for, and passes over those that were left out", () => {
    const samples = { strings, rows: [null, [[[[3, 1]]], [], [[], [[4, 0]]]]] as never };
    const inSamples = (text: string, arms: number[], seed = 0) =>
      rowsWithSample(samples, placesOf(strings, text), { seed, arms });
    expect(inSamples("2 + 3", [0, 1])).toEqual([1]);
    expect(inSamples("Élan", [1])).toEqual([1]);
    expect(inSamples("Élan", [0])).toEqual([]);
    expect(inSamples("2 + 3", [0, 1], 1)).toEqual([]);
  });
});
