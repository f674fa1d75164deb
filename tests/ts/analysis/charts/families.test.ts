import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { accuracyChart } from "../../../../ts/analysis/charts/accuracy.ts";
import { betaChart } from "../../../../ts/analysis/charts/beta.ts";
import { curvesChart } from "../../../../ts/analysis/charts/curves.ts";
import { familiesChart } from "../../../../ts/analysis/charts/families.ts";
import { familyPlaces } from "../../../../ts/analysis/charts/family-places.ts";
import { gridOf } from "../../../../ts/analysis/charts/panel-grid.ts";
import { scoresChart } from "../../../../ts/analysis/charts/scores.ts";
import { autoBetas, searchedBetas } from "../../../../ts/analysis/features/beta/numbers.ts";
import {
  baselineLabel,
  methodAccuracies,
  methodCurves,
  methodScores,
} from "../../../../ts/analysis/features/charts/numbers.ts";
import { marginRows, validationRows } from "../../../../ts/analysis/features/training/curves.ts";
import { summarise } from "../../../../ts/analysis/index.ts";
import { allMethods, syntheticRun } from "../synthetic.ts";
import { withBetas, withLooks } from "../watched.ts";

const run = withLooks(
  withBetas(syntheticRun({ questions: 12, trainingSteps: 40, seeds: [1, 2, 3], methods: allMethods })),
);
const summary = summarise(run, 50);
const text = (id: string) => ({ id, title: id, description: id });

const charts: [string, () => string][] = [
  ["many-accuracy", () => accuracyChart(methodAccuracies(summary), { baseline: baselineLabel(summary) })],
  ["many-curves", () => curvesChart(methodCurves(run))],
  ["looks", () => familiesChart(text("looks"), validationRows(summary))],
  ["margins", () => familiesChart(text("margins"), marginRows(run, summary))],
  [
    "beta",
    () =>
      betaChart(searchedBetas(summary)[0]!.seeds, {
        autos: autoBetas(summary).flatMap(({ seeds }) => seeds),
      }),
  ],
];

describe("charts of eighteen invented methods with three seeds", () => {
  it.each(charts)("%s", async (name, draw) => {
    const svg = draw();
    expect(svg).not.toMatch(/NaN|undefined/);
    await expect(`${svg.trim()}\n`).toMatchFileSnapshot(`../../../golden/analysis/charts/${name}.svg`);
  });
});

it("a row whose values are all the same keeps readable ticks", () => {
  const place = familyPlaces(summary.methods).get("bc")!;
  const points = [1, 2, 3].map((step) => ({ step, value: 75 + 1e-10 * step }));
  const flat = { id: "flat", label: "flat", series: [{ label: "AFT-BC", place, seed: 1, points }] };
  const ticks = textsOf(familiesChart(text("flat"), [flat])).filter((label) => Number(label) > 10);
  expect(ticks).toEqual(["72", "74", "76", "78"]);
});

const textsOf = (svg: string): string[] => {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  return [...document.querySelectorAll("text")].map((element) => element.textContent?.trim() ?? "");
};

it("the chart of scores has one panel a method and the means of both sides in each", () => {
  const svg = scoresChart(methodScores(run, summary));
  expect(svg).not.toMatch(/NaN|undefined/);
  expect(textsOf(svg).filter((label) => label.startsWith("assessment accuracy"))).toHaveLength(
    summary.methods.length,
  );
});

it("the chart of looks has a column for each family and names every method once", () => {
  const texts = textsOf(familiesChart(text("looks"), validationRows(summary)));
  for (const family of ["AFT", "RRHF", "PRO", "DPO", "Baselines"])
    expect(texts.filter((title) => title === family)).toHaveLength(1);
  for (const { label, role } of summary.methods.filter(({ name }) => name !== "bc-auto"))
    expect(texts.filter((title) => title.endsWith(` ${label}`))).toHaveLength(role === "kept" ? 0 : 1);
});

it("a chart of betas rings the chosen value of each seed in each of its panels", () => {
  const seeds = searchedBetas(summary)[0]!.seeds;
  const rings = (chosen: number) =>
    betaChart(seeds.map((curve) => ({ ...curve, chosen }))).match(/r="7"/g)?.length ?? 0;
  expect(rings(0.2)).toBe(9);
  expect(rings(0.3)).toBe(0);
});

describe("a method's place in its family", () => {
  const method = (name: string, kind: string, constraint?: string) => ({
    name,
    method: kind,
    settings: constraint === undefined ? {} : { constraint },
  });

  it("is the same for the same constraint in every family", () => {
    const places = familyPlaces([
      method("a", "aft", "boundary"),
      method("r", "rrhf", "none"),
      method("rb", "rrhf", "boundary"),
    ]);
    expect(places.get("a")).toMatchObject({ family: "aft", at: 2 });
    expect(places.get("rb")).toMatchObject({ family: "rrhf", at: 2 });
  });

  it("is a place of its own where two methods have the same constraint", () => {
    const places = familyPlaces([method("a", "aft", "boundary"), method("b", "aft", "boundary")]);
    expect([places.get("a")!.at, places.get("b")!.at]).toEqual([2, 3]);
  });

  it("is among the baselines for a method without a group loss", () => {
    expect(familyPlaces([method("v", "vft"), method("r", "rft")]).get("r")).toEqual({
      family: "baseline",
      at: 1,
      key: "m2",
    });
  });
});

it("many methods stand in rows by family, few in the order that they come in", () => {
  const placed = (label: string, family: "aft" | "dpo" | "baseline") => ({ label, place: { family, at: 0 } });
  const few = [placed("a", "aft"), placed("v", "baseline")];
  expect([...gridOf(few, { few: 1, many: 3 }).cells]).toEqual([
    ["a", [0, 0]],
    ["v", [0, 1]],
  ]);
  const many = [
    ...["a", "b", "c", "d"].map((label) => placed(label, "aft")),
    ...["p", "q"].map((label) => placed(label, "dpo")),
    placed("v", "baseline"),
  ];
  const grid = gridOf(many, { few: 1, many: 3 });
  expect([grid.columns, grid.rows]).toEqual([3, 4]);
  expect(Object.fromEntries(grid.cells)).toEqual({
    ...{ v: [0, 0], a: [0, 1], b: [1, 1], c: [2, 1], d: [0, 2] },
    ...{ p: [0, 3], q: [1, 3] },
  });
});
