import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { roundsChart } from "../../../../ts/analysis/charts/rounds.ts";
import { roundsOf } from "../../../../ts/analysis/features/rounds/numbers.ts";
import { roundsPanels, roundsTerminal } from "../../../../ts/analysis/features/rounds/view.ts";
import { renderReport, renderTable, runSummarySchema, summarise } from "../../../../ts/analysis/index.ts";
import { runWithRounds } from "../rounds.ts";
import { syntheticRun } from "../synthetic.ts";

const run = runWithRounds(3, { questions: 60, trainingSteps: 4 });
const summary = summarise(run, 200);
const found = summary.rounds!;
const method = (name: string) => found.methods.find((one) => one.name === name)!;

describe("the numbers of rounds", () => {
  it("are those of every method that trains, round by round, and of the VFT weights before the first", () => {
    expect(found.count).toBe(3);
    expect(found.methods.map(({ name }) => name)).toEqual(["continued", "rft", "none", "dc", "bc"]);
    for (const { rounds } of found.methods) expect(rounds.map(({ round }) => round)).toEqual([1, 2, 3]);
    expect(found.start!.round).toBe(0);
    expect(runSummarySchema.parse(JSON.parse(JSON.stringify(summary))).rounds).toEqual(found);
  });

  it("count right answers of each round's own", () => {
    for (const { method: name, rounds } of run.arms.filter((arm) => arm.rounds !== undefined))
      for (const [at, { predictions }] of rounds!.entries()) {
        const right = predictions.filter(({ correct }) => correct).length;
        expect(method(name).rounds[at]!.metrics.accuracy.value).toBeCloseTo(right / predictions.length, 12);
      }
    const shares = method("dc").rounds.map(({ metrics }) => metrics.accuracy.value!);
    expect(new Set(shares).size).toBeGreaterThan(1);
  });

  it("end in what stands in the table of results, and begin in what is kept", () => {
    for (const { name, rounds } of found.methods) {
      const result = summary.methods.find((one) => one.name === name)!;
      for (const metric of ["accuracy", "sampledAccuracy", "passAtMost"] as const)
        expect(rounds.at(-1)!.metrics[metric].value).toBe(result.metrics[metric].value);
    }
    const kept = summary.methods.find(({ role }) => role === "kept")!;
    expect(found.start!.metrics.accuracy).toEqual(kept.metrics.accuracy);
  });

  it("are held against continued VFT after as many rounds, question by question", () => {
    const [continued, dc] = [method("continued"), method("dc")];
    for (const [at, { againstContinued, metrics }] of dc.rounds.entries()) {
      const other = continued.rounds[at]!;
      expect(other.againstContinued).toBeUndefined();
      expect(againstContinued!.accuracy.value).toBeCloseTo(
        metrics.accuracy.value! - other.metrics.accuracy.value!,
        12,
      );
    }
    expect(found.start!.againstContinued).toBeUndefined();
  });

  it("say what each round learnt from", () => {
    expect(method("dc").rounds.map(({ learntFrom }) => learntFrom)).toEqual(
      [220, 240, 260].map((right) => ({ questions: 100, samples: 600, right, withPair: 60 })),
    );
    for (const { learntFrom } of method("continued").rounds) expect(learntFrom).toEqual({ questions: 100 });
  });

  it("are there with several rounds only", () => {
    const resampling = { seed: "s", resamples: 20, test: () => 1 };
    expect(roundsOf(syntheticRun({ questions: 6, trainingSteps: 1 }), resampling)).toBeUndefined();
    expect(Object.keys(summarise(syntheticRun({ questions: 6, trainingSteps: 1 }), 20))).not.toContain(
      "rounds",
    );
  });

  it("are means over seeds where there are several", () => {
    const seeds = runWithRounds(2, { questions: 20, trainingSteps: 1, seeds: [1, 2] });
    const [dc] = summarise(seeds, 50).rounds!.methods.filter(({ name }) => name === "dc");
    const [first] = dc!.rounds;
    const values = first!.metrics.accuracy.perSeed.map(({ value }) => value!);
    expect(values).toHaveLength(2);
    expect(first!.metrics.accuracy.value).toBeCloseTo((values[0]! + values[1]!) / 2, 12);
    expect(first!.learntFrom!.samples).toBe(1200);
  });
});

describe("what is shown of rounds", () => {
  it("on the page: a chart, and a table with every round of every method", () => {
    const { html } = renderReport(run, summary, { examples: 0 });
    const { document } = parseHTML(html);
    const section = document.querySelector("details:has(> section#rounds)")!.outerHTML;
    expect(section).toContain("Round by round");
    expect(section.match(/<tr/g)!.length).toBe(1 + 1 + 5 * 3);
    expect(section).toContain("600 samples");
    expect(section).toContain("references");
    const plain = syntheticRun({ questions: 6, trainingSteps: 1 });
    expect(renderReport(plain, summarise(plain, 20), { examples: 0 }).html).not.toContain("Round by round");
  });

  it("as a chart that one can look at", async () => {
    const panels = roundsPanels(summary);
    expect(panels.map(({ title }) => title)).toEqual(["greedy", "single samples", "pass@6"]);
    // The weights that all start from, and three rounds.
    for (const { methods } of panels) for (const { points } of methods) expect(points).toHaveLength(4);
    const svg = roundsChart(panels, { width: 860 });
    expect(svg).not.toContain("NaN");
    expect(svg.match(/<circle /g)!.length).toBe(3 * 5 * 4);
    await expect(`${svg.trim()}\n`).toMatchFileSnapshot("../../../golden/analysis/charts/rounds.svg");
  });

  it("a method that starts from the base model has no round 0", () => {
    const methods = run.methods.map((one) =>
      one.name === "rft" ? { ...one, settings: { ...one.settings, start: "base" } } : one,
    );
    const [greedy] = roundsPanels(summarise({ ...run, methods }, 20));
    expect(greedy!.methods.map(({ label, points }) => [label, points[0]!.round])).toContainEqual(["RFT", 1]);
    expect(greedy!.methods.map(({ points }) => points[0]!.round).filter((round) => round === 0)).toHaveLength(
      4,
    );
  });

  it("without greedy answers: samples alone", () => {
    const arms = run.arms.map((arm) => ({
      ...arm,
      predictions: [],
      rounds: arm.rounds?.map((round) => ({ ...round, predictions: [] })),
    }));
    expect(roundsPanels(summarise({ ...run, arms }, 20)).map(({ id }) => id)).toEqual(["sampled", "pass"]);
  });

  it("on a terminal, no wider than a screen", async () => {
    const table = renderTable(summary);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
    await expect(`${table}\n`).toMatchFileSnapshot("../../../golden/analysis/table-rounds.txt");
    expect(roundsTerminal(summarise(syntheticRun({ questions: 6, trainingSteps: 1 }), 20))).toBeNull();
  });
});
