import { expect, test } from "vitest";
import type { PackedIndex } from "../../../ts/analysis/features/questions/packed.ts";
import type { Settings } from "../../../ts/browser/choose.ts";
import { patternOf } from "../../../ts/browser/search.ts";
import { hashOf, stateIn } from "../../../ts/browser/state.ts";

const index = {
  methods: [{ label: "AFT, no constraint" }, { label: "B & C" }, { label: "D" }],
  seeds: [7, 8],
  tasks: [{ name: "sums" }, { name: "facts" }],
  ids: ["1", "2", "1"],
  taskOf: [0, 0, 1],
} as unknown as PackedIndex;
const first: Settings = {
  ...{ first: 0, second: 1, seed: 0, task: -1, show: "all", sort: "asked" },
  ...{ text: "", isPattern: false, inSamples: false },
};
const follow = (hash: string) => {
  const state = stateIn(index, hash)!;
  return { ...state, settings: { ...first, ...state.settings } };
};

test("an address gives back the state that it was made of, whatever the texts hold", () => {
  const settings: Settings = {
    ...{ first: 2, second: 0, seed: 1, task: 1, show: "flipped", sort: "scoreLow" },
    ...{ text: "#?&=50 % \\d+|ü", isPattern: true, inSamples: true },
  };
  expect(follow(hashOf(index, settings, first, 2))).toEqual({ settings, q: 2 });
  expect(follow(hashOf(index, { ...first, second: 1 }, first))).toEqual({ settings: first, q: undefined });
});

test("what is not there is left out, and another part of the page is none", () => {
  expect(stateIn(index, "#results")).toBeUndefined();
  const hash = "#questions?method=gone&show=constructor&sort=hard&seed=9&task=x&question=3";
  expect(follow(hash)).toEqual({ settings: { ...first, sort: "hard" }, q: undefined });
});

test("an expression goes by lines and not by case, and one that Unicode's rules refuse is taken without them", () => {
  expect(patternOf("^b.$").test("a\nBü\nc")).toBe(true);
  expect(patternOf("^b.$").test("a\nbc d")).toBe(false);
  expect(patternOf("\\p{L}7").test("é7")).toBe(true);
  expect(patternOf("3\\-2").test("3-2")).toBe(true);
  expect(() => patternOf("(")).toThrow(SyntaxError);
});
