import { describe, expect, it } from "vitest";
import { accuracyChart } from "../../../../ts/analysis/charts/accuracy.ts";
import { curvesChart } from "../../../../ts/analysis/charts/curves.ts";
import { density } from "../../../../ts/analysis/charts/density.ts";
import { scoresChart } from "../../../../ts/analysis/charts/scores.ts";
import { runningMean } from "../../../../ts/analysis/charts/smooth.ts";
import { vftLossChart } from "../../../../ts/analysis/charts/vft-loss.ts";
import {
  baselineLabel,
  methodAccuracies,
  methodCurves,
  methodScores,
  vftCurves,
} from "../../../../ts/analysis/features/charts/numbers.ts";
import { renderPicture, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";

const run = syntheticRun({ questions: 20, trainingSteps: 12 });
const summary = summarise(run, 200);

const charts: [string, () => string][] = [
  ["scores", () => scoresChart(methodScores(run, summary))],
  ["curves", () => curvesChart(methodCurves(run))],
  ["accuracy", () => accuracyChart(methodAccuracies(summary), { baseline: baselineLabel(summary) })],
  ["vft-loss", () => vftLossChart(vftCurves(run))],
  ["picture", () => renderPicture(summary, run)],
];

describe("charts of an invented run, as SVG files that one can look at", () => {
  it.each(charts)("%s", async (name, draw) => {
    const svg = draw();
    expect(svg).not.toContain("NaN");
    await expect(`${svg.trim()}\n`).toMatchFileSnapshot(`../../../golden/analysis/charts/${name}.svg`);
  });

  it.each(charts)("%s has a name, a description and the SVG namespace", (_name, draw) => {
    const svg = draw();
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toMatch(/role="img" aria-labelledby="[^"]+"/);
    expect(svg).toMatch(/<title id="[^"]+">[^<]+<\/title>/);
    expect(svg).toMatch(/<desc id="[^"]+">[^<]+<\/desc>/);
  });

  it("draws the interval and the mean of every method that has them", () => {
    const svg = accuracyChart(methodAccuracies(summary));
    const groups = [...svg.matchAll(/<g [^>]*class="aft-(greedy|sampled)-line"[^>]*>(.*?)<\/g>/g)];
    expect(groups.map(([, , lines]) => lines!.match(/<line/g)?.length)).toEqual([6, 6]);
  });

  it("draws the boundary only where there is one", () => {
    const curves = methodCurves(run);
    expect(curvesChart(curves)).toContain("aft-boundary-line");
    expect(curvesChart(curves.filter(({ label }) => label !== "AFT-BC"))).not.toContain("aft-boundary-line");
  });

  it("draws the mean boundary among the scores of the method that has one: lowest right score minus beta", () => {
    const scores = methodScores(run, summary);
    expect(scores.filter(({ boundary }) => boundary !== undefined).map(({ label }) => label)).toEqual([
      "AFT-BC",
    ]);
    const { heldOut } = run.arms.find(({ method }) => method === "bc")!;
    const lowest = heldOut.flatMap(({ candidates }) => {
      const right = candidates.filter(({ correct }) => correct).map(({ score }) => score!);
      return right.length === 0 ? [] : [Math.min(...right) - 0.1];
    });
    const mean = lowest.reduce((sum, value) => sum + value, 0) / lowest.length;
    expect(scores.at(-1)!.boundary).toBeCloseTo(mean, 12);
    expect(scoresChart(scores)).toContain(`mean boundary ${mean.toFixed(3)}`);
  });

  it("survives methods without any score and labels that are markup", () => {
    const svg = scoresChart([
      { label: "<script>alert(1)</script>", positive: [], negative: [], assessmentAccuracy: null },
    ]);
    expect(svg).not.toContain("<script>");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).not.toContain("NaN");
  });
});

describe("the density of scores", () => {
  const area = (points: { x: number; density: number }[]) =>
    points.slice(1).reduce((sum, point, at) => {
      const before = points[at]!;
      return sum + ((point.x - before.x) * (point.density + before.density)) / 2;
    }, 0);

  it("has area 1, with scores close to 0 kept below 0", () => {
    const values = Array.from({ length: 400 }, (_, at) => -0.05 * ((at + 1) / 400) ** 2);
    expect(area(density(values, -0.2, 0))).toBeCloseTo(1, 2);
  });

  it("peaks where the scores are", () => {
    const values = Array.from({ length: 100 }, (_, at) => -0.5 + 0.02 * Math.sin(at));
    const peak = density(values, -1, 0).reduce((best, point) =>
      point.density > best.density ? point : best,
    );
    expect(peak.x).toBeCloseTo(-0.5, 1);
  });

  it("stays finite when all scores are the same", () => {
    expect(density([-0.5, -0.5], -1, 0).every(({ density: height }) => Number.isFinite(height))).toBe(true);
  });
});

it("a running mean takes what there is at both ends and skips steps without a value", () => {
  expect(runningMean([1, 2, 6, 10], 1)).toEqual([1.5, 3, 6, 8]);
  expect(runningMean([1, Number.NaN, 3], 1)).toEqual([1, 2, 3]);
});
