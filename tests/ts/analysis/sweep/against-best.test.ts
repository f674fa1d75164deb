import { expect, test } from "vitest";
import { againstBest, compareRuns, holm } from "../../../../ts/analysis/index.ts";
import { inventedSweep } from "../sweeps.ts";

const settings = [{ "stages.sample.k": 3 }, { "stages.sample.k": 6 }, { "stages.sample.k": 9 }];

test.each(["accuracy", "assessmentMicro"] as const)(
  "each other cell is held against the best as two runs are, by %s, and p is adjusted for all of them",
  async (metric) => {
    const { results, runs } = inventedSweep({ settings, questions: 120 });
    const best = { ...results.best!, metric };
    expect(best.cell).toBe("k=9");
    const differences = await againstBest({ ...results, best }, async (cell) => runs.get(cell)!, 200);
    expect([...differences.keys()]).toEqual(["k=3", "k=6"]);
    const compared = ["k=3", "k=6"].map(
      (cell) =>
        compareRuns(runs.get("k=9")!, runs.get(cell)!, { resamples: 200 }).methods.find(
          ({ name }) => name === "bc",
        )!.metrics[metric],
    );
    const adjusted = holm(compared.map(({ p }) => p!));
    for (const [at, { difference, interval, p }] of compared.entries()) {
      expect(difference).toBeLessThan(0);
      expect([...differences.values()][at]).toEqual({ value: difference, interval, p, pHolm: adjusted[at] });
    }
  },
);

test("cells with other questions, or other seeds, have none", async () => {
  const { results, runs } = inventedSweep({ settings, questions: 40 });
  const changedRuns = new Map(runs);
  const changed = runs.get("k=3")!;
  changedRuns.set("k=3", {
    ...changed,
    arms: changed.arms.map((arm) => ({
      ...arm,
      predictions: arm.predictions.map((prediction) => ({
        ...prediction,
        question: `${prediction.question}?`,
      })),
    })),
  });
  const reseeded = runs.get("k=6")!;
  changedRuns.set("k=6", {
    ...reseeded,
    seeds: [2],
    arms: reseeded.arms.map((arm) => ({ ...arm, seed: 2 })),
  });
  expect((await againstBest(results, async (cell) => changedRuns.get(cell)!, 50)).size).toBe(0);
});

test("a sweep without a best has none, and loads nothing", async () => {
  const { results } = inventedSweep({ settings, questions: 10 });
  const load = () => Promise.reject(new Error("loaded"));
  expect((await againstBest({ ...results, best: null }, load)).size).toBe(0);
});
