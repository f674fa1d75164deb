import { describe, expect, it } from "vitest";
import { type LegendItem, legendChart } from "../../../../ts/analysis/charts/legend.ts";
import { type SweepRow, sweepChart } from "../../../../ts/analysis/charts/sweep.ts";

const text = { id: "sweep", title: "What beta does", description: "By beta." };
const place = (family: "aft" | "baseline", at: number) => ({ family, at });
const rowOf = (name: string, lift: number): SweepRow => ({
  text: name,
  panels: ["greedy accuracy, %", "perplexity of right COTs"].map((measure, column) => ({
    measure,
    scale: 1,
    series: [
      {
        label: "AFT-BC",
        place: place("aft", 2),
        points: [0, 1, 2].map((at) => {
          const value = column === 0 ? 50 + lift + at : 1.1 + 0.01 * at;
          return { value, interval: { low: value * 0.98, high: value * 1.02 } };
        }),
      },
      {
        label: "continued VFT",
        place: place("baseline", 0),
        points: [0, 1, 2].map((at) => ({ value: at === 1 ? null : column === 0 ? 51 : 1.1 })),
      },
    ],
  })),
});
const rows = [rowOf("k = 3", 0), rowOf("k = 9", 4)];
const options = { axis: "beta", values: ["0", "0.1", "auto"], joined: true, width: 720 };

describe("the curves of a sweep", () => {
  it("look as they did", async () => {
    const svg = sweepChart(text, rows, options);
    expect(svg).not.toContain("NaN");
    await expect(`${svg.trim()}\n`).toMatchFileSnapshot("../../../golden/analysis/charts/sweep.svg");
  });

  it("have one scale in all rows of a measure", () => {
    const svg = sweepChart(text, rows, options);
    const ticks = [...svg.matchAll(/aria-label="y-axis tick label"[^>]*>(.*?)<\/g>/gs)].map(([, inner]) =>
      [...inner!.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label),
    );
    expect(ticks).toHaveLength(4);
    expect(ticks[0]).toEqual(ticks[2]);
    expect(ticks[1]).toEqual(ticks[3]);
    expect(ticks[0]!.length).toBeGreaterThan(2);
  });

  it("go by powers of ten where one perplexity is beyond all others, and write small values short", () => {
    const values = [1.1, 1.2, 4e12];
    const series = [{ label: "NSR", place: place("aft", 0), points: values.map((value) => ({ value })) }];
    const wide = (scale: number): SweepRow => ({ text: "", panels: [{ measure: "any", scale, series }] });
    const labelsOf = (scale: number, axis: "x" | "y"): string[] => {
      const svg = sweepChart(text, [wide(scale)], { ...options, values: ["0.00005", "0.001", "1"] });
      const [, inner] = new RegExp(`aria-label="${axis}-axis tick label"[^>]*>(.*?)</g>`, "s").exec(svg)!;
      return [...inner!.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label!);
    };
    expect(labelsOf(1, "y").filter((label) => label !== "")).toContain("1e8");
    expect(labelsOf(1, "y").length).toBeLessThan(16);
    expect(labelsOf(100, "y").join()).not.toContain("1e");
    expect(labelsOf(1, "x")).toEqual(["5e−5", "0.001", "1"]);
  });

  it("are joined only where the values are numbers", () => {
    const lines = (joined: boolean) =>
      sweepChart(text, rows, { ...options, joined }).match(/aria-label="line"/g)?.length ?? 0;
    expect([lines(true), lines(false)]).toEqual([8, 0]);
  });
});

it("a legend goes on below where it is wider than its picture", () => {
  const items = ["one method", "another method", "a third"].map(
    (label): LegendItem => ({
      label,
      colour: "aft0",
      mark: "line",
    }),
  );
  const height = (width: number): number => Number(/height="(\d+)"/.exec(legendChart(items, width))![1]);
  expect([height(1000), height(240), height(10)]).toEqual([24, 44, 64]);
});
