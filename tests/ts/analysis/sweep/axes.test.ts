import { describe, expect, it } from "vitest";
import { axesOf, cellText, rowsAcross } from "../../../../ts/analysis/sweep/axes.ts";
import type { CellResult } from "../../../../ts/analysis/sweep/results.ts";
import { shortKey } from "../../../../ts/config/index.ts";

const cellsOf = (...all: Record<string, unknown>[]): CellResult[] =>
  all.map((settings, at) => ({
    cell: `cell-${at}`,
    settings,
    status: "done",
    run: `cell-${at}`,
    seeds: [1],
    split: "test",
    methods: [],
  }));
const axesIn = (cells: CellResult[]) =>
  axesOf([...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))], cells);

describe("the axes of a sweep", () => {
  it("are its keys, numbers in their order", () => {
    const axes = axesIn(cellsOf({ a: 10, b: "x" }, { a: 9, b: "x" }, { a: 10, b: "y" }, { a: 9, b: "y" }));
    expect(
      axes.map(({ name, isNumeric, values }) => [name, isNumeric, values.map(({ text }) => text)]),
    ).toEqual([
      ["a", true, ["9", "10"]],
      ["b", false, ["x", "y"]],
    ]);
  });

  it("leave out what has one value, and join keys that determine each other", () => {
    const axes = axesIn(cellsOf({ a: 1, b: 2, c: 5 }, { a: 2, b: 4, c: 5 }, { a: 3, b: 6, c: 5 }));
    expect(axes.map(({ name, isNumeric }) => [name, isNumeric])).toEqual([["a, b", false]]);
  });

  it("hold a key that one cell alone sets", () => {
    const [, added] = axesIn(cellsOf({ k: 1 }, { k: 2 }, { k: 2, rate: 1e-3 }));
    expect(added!.values.map(({ text }) => text)).toEqual(["as in the file", "0.001"]);
  });

  it("are seen across the settings of the others", () => {
    const cells = cellsOf({ "x.k": 1, t: 1 }, { "x.k": 2, t: 1 }, { "x.k": 1, t: 2 });
    const axes = axesIn(cells);
    expect(rowsAcross(axes[0]!, axes, cells).map(({ text, cells: { size } }) => [text, size])).toEqual([
      ["t = 1", 2],
      ["t = 2", 1],
    ]);
    expect(cellText(cells[2]!, axes)).toBe("k = 1, t = 2");
  });

  it("have names as short as tells them apart", () => {
    const keys = ["stages.sample.k", "stages.evaluate.k", "seeds"];
    expect(keys.map((key) => shortKey(key, keys))).toEqual(["sample.k", "evaluate.k", "seeds"]);
  });
});
