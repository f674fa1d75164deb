import { describe, expect, it } from "vitest";
import { consistencyChart } from "../../../../ts/analysis/charts/consistency.ts";
import { difficultyChart } from "../../../../ts/analysis/charts/difficulty.ts";
import { sharesChart } from "../../../../ts/analysis/charts/panels.ts";
import { ranksChart } from "../../../../ts/analysis/charts/ranks.ts";
import { reliabilityChart } from "../../../../ts/analysis/charts/reliability.ts";
import { placePanels, scorePanels } from "../../../../ts/analysis/features/assessor/view.ts";
import { difficultyPanels } from "../../../../ts/analysis/features/difficulty/view.ts";
import { consistencyCurves } from "../../../../ts/analysis/features/self-consistency/view.ts";
import { summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";

const summary = summarise(syntheticRun({ questions: 100, trainingSteps: 4 }), 100);

const charts: [string, () => string][] = [
  ["reliability", () => drawn(reliabilityChart, scorePanels(summary))],
  ["ranks", () => drawn(ranksChart, placePanels(summary))],
  ["difficulty", () => drawn(difficultyChart, difficultyPanels(summary))],
  ["consistency", () => consistencyChart(consistencyCurves(summary))],
];

const drawn = (chart: typeof ranksChart, { panels, reference }: ReturnType<typeof placePanels>): string =>
  chart(panels, { reference });

describe("charts of shares by score, place, steps and samples, as SVG files that one can look at", () => {
  it.each(charts)("%s", async (name, draw) => {
    const svg = draw();
    expect(svg).not.toContain("NaN");
    expect(svg).toMatch(/<title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+<\/desc>/);
    await expect(`${svg.trim()}\n`).toMatchFileSnapshot(`../../../golden/analysis/charts/${name}.svg`);
  });

  it("draws every point with its interval, and the reference in every panel but its own", () => {
    const { panels, reference } = placePanels(summary);
    const svg = ranksChart(panels, { reference });
    const count = (pattern: RegExp): number => [...svg.matchAll(pattern)].length;
    const points = panels.reduce((sum, panel) => sum + panel.points.length, 0);
    expect(count(/<circle /g)).toBe(points + 1);
    const intervals = [...svg.matchAll(/<g [^>]*class="aft-sampled-line"[^>]*>(.*?)<\/g>/g)]
      .map(([, inner]) => inner!.match(/<line/g)?.length ?? 0)
      .reduce((sum, n) => sum + n, 0);
    expect(intervals).toBe(points);
    expect(svg.match(/stroke-dasharray="2,3"/g)!.length).toBeGreaterThan(1);
    expect(ranksChart(panels)).not.toContain('stroke-dasharray="2,3"');
  });

  it("says every share in words", () => {
    const chart = sharesChart({
      text: { id: "few", title: "Few" },
      x: "steps",
      y: "%",
      colour: "greedy",
      what: "share",
      levelIs: "any",
    });
    const svg = chart([
      {
        label: "A <b>",
        points: [{ at: "1–2", value: 0.25, interval: { low: 0.1, high: 0.4 } }],
        level: 0.5,
      },
    ]);
    expect(svg).toContain("A &lt;b&gt;: 1–2: 25.0 %; any 50.0 %.");
  });
});
