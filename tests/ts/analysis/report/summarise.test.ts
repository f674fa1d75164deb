import { describe, expect, it } from "vitest";
import type { MethodSummary } from "../../../../ts/analysis/generated/report.ts";
import {
  type Arm,
  assess,
  type RunData,
  runSummarySchema,
  summarise,
} from "../../../../ts/analysis/index.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/interval.ts";
import { mcnemarExact } from "../../../../ts/analysis/statistics/p-values.ts";
import { syntheticRun } from "../synthetic.ts";

const run = syntheticRun();
const summary = summarise(run);
const method = (name: string, of = summary): MethodSummary => of.methods.find((one) => one.name === name)!;
const arm = (name: string, seed = 1, of: RunData = run): Arm =>
  of.arms.find((one) => one.method === name && one.seed === seed)!;
const against = (name: string, role: string, of = summary) =>
  method(name, of).comparisons.find((comparison) => comparison.role === role)!;

describe("the summary of one seed", () => {
  it("has the numbers of assess: own samples for the sampled metrics, held-out COTs for the assessment", () => {
    for (const { name } of run.methods) {
      const own = assess(
        arm(name).samples.map((group) => ({
          ...group,
          candidates: group.candidates.map((c) => ({ ...c, score: 0 })),
        })),
      );
      const held = assess(arm(name).heldOut);
      const { metrics, passAtK } = method(name);
      expect(metrics.sampledAccuracy.value).toBe(own.sampledAccuracy);
      expect(metrics.majority.value).toBe(own.majority.accuracy);
      expect(passAtK).toEqual(own.passAtK);
      expect(metrics.assessmentMicro.value).toBe(held.assessmentAccuracy.micro);
      expect(metrics.assessmentMacro.value).toBe(held.assessmentAccuracy.macro);
      expect(metrics.assessmentMicro.perSeed[0]!.n).toBe(held.assessmentAccuracy.pairs);
      expect(metrics.perplexityNegative.value).toBe(held.perplexity.negative);
    }
  });

  it("gives greedy accuracy Wilson's interval and the others one that holds their value", () => {
    const { predictions } = arm("dc");
    const right = predictions.filter(({ correct }) => correct).length;
    const { accuracy, assessmentMicro } = method("dc").metrics;
    expect(accuracy).toMatchObject({
      value: right / 60,
      interval: wilsonInterval(right, 60),
      intervalMethod: "wilson",
      overSeeds: null,
    });
    expect(assessmentMicro.intervalMethod).toBe("bootstrap");
    expect(assessmentMicro.interval!.low).toBeLessThan(assessmentMicro.value!);
    expect(assessmentMicro.interval!.high).toBeGreaterThan(assessmentMicro.value!);
  });

  it("compares every method with continued VFT and with VFT kept, question by question", () => {
    expect(method("kept").comparisons.map(({ role }) => role)).toEqual(["continued"]);
    expect(method("continued").comparisons.map(({ role }) => role)).toEqual(["kept"]);
    expect(method("bc").comparisons.map(({ baseline }) => baseline)).toEqual(["continued", "kept"]);
    const mine = new Map(arm("none").predictions.map(({ questionId, correct }) => [questionId, correct]));
    let onlyThis = 0;
    let onlyBaseline = 0;
    for (const { questionId, correct } of arm("continued").predictions) {
      if (mine.get(questionId) && !correct) onlyThis++;
      if (!mine.get(questionId) && correct) onlyBaseline++;
    }
    expect(against("none", "continued").mcnemar).toEqual([
      { seed: 1, onlyThis, onlyBaseline, p: mcnemarExact(onlyThis, onlyBaseline) },
    ]);
    expect(against("none", "continued").differences.accuracy.value).toBeCloseTo(
      (onlyThis - onlyBaseline) / 60,
      12,
    );
  });

  it("calls a difference of accuracy clear only where the exact test agrees with the interval", () => {
    const { mcnemar, differences } = against("dc", "kept");
    expect(differences.accuracy.interval!.low).toBeGreaterThan(0);
    expect(mcnemar).toEqual([{ seed: 1, onlyThis: 4, onlyBaseline: 0, p: 0.125 }]);
    expect(differences.accuracy.clear).toBe(false);
    expect(against("none", "continued").differences.accuracy.clear).toBe(true);
  });

  it("pairs by question id: the order of an arm's rows changes nothing", () => {
    const shuffled = {
      ...run,
      arms: run.arms.map((one, at) =>
        at === 3
          ? { ...one, predictions: [...one.predictions].reverse(), heldOut: [...one.heldOut].reverse() }
          : one,
      ),
    };
    const again = summarise(shuffled);
    expect(method("none", again).metrics.accuracy).toEqual(method("none").metrics.accuracy);
    expect(against("none", "kept", again).differences.accuracy).toEqual(
      against("none", "kept").differences.accuracy,
    );
  });

  it("is the same at every call, and read back from JSON", () => {
    expect(summarise(run)).toEqual(summary);
    expect(runSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
  });

  it("counts the training groups that have no pair", () => {
    const [counts] = summary.trainGroups;
    const { groups } = run.trainGroups[0]!;
    const without = groups.filter(
      ({ candidates }) =>
        candidates.every(({ correct }) => correct) || !candidates.some(({ correct }) => correct),
    ).length;
    expect(without).toBeGreaterThan(0);
    expect(counts).toMatchObject({ groups: 60, candidates: 360, withPair: 60 - without });
  });
});

describe("the summary of three seeds", () => {
  const seeds = syntheticRun({ questions: 40, seeds: [1, 2, 3] });
  const over = summarise(seeds, 500);

  it("averages the seeds and gives their spread", () => {
    const { value, perSeed, overSeeds, intervalMethod } = method("rft", over).metrics.accuracy;
    const values = [1, 2, 3].map(
      (seed) => arm("rft", seed, seeds).predictions.filter(({ correct }) => correct).length / 40,
    );
    expect(perSeed.map((one) => one.value)).toEqual(values);
    expect(value).toBeCloseTo((values[0]! + values[1]! + values[2]!) / 3, 12);
    expect(overSeeds!.mean).toBeCloseTo(value!, 12);
    expect(overSeeds!.std).toBeGreaterThan(0);
    expect(intervalMethod).toBe("bootstrap");
  });

  it("calls a difference clear only where no interval includes 0 and the test, where there is one, agrees", () => {
    for (const { comparisons } of over.methods)
      for (const { differences } of comparisons)
        for (const { clear, interval, overSeeds, p } of Object.values(differences)) {
          const spread = overSeeds!;
          const excluded = (one: { low: number; high: number }) => one.low > 0 || one.high < 0;
          expect(clear).toBe(excluded(interval!) && excluded(spread) && (p === null || p < 0.05));
        }
    expect(against("none", "kept", over).differences.perplexityPositive.clear).toBe(true);
  });
});

describe("a run with little in it", () => {
  it("has no methods where none was evaluated", () => {
    const empty = summarise({ ...run, arms: [], trainGroups: [], training: [] });
    expect(empty.methods).toEqual([]);
    expect(empty.diagnostics).toEqual([]);
  });

  it("leaves numbers open that nothing defines", () => {
    const bare = summarise({
      ...run,
      arms: [{ method: "dc", seed: 1, predictions: arm("dc").predictions, samples: [], heldOut: [] }],
    });
    const { metrics, comparisons, k } = bare.methods[0]!;
    expect(metrics.accuracy.value).not.toBeNull();
    expect(metrics.assessmentMicro).toMatchObject({ value: null, interval: null });
    expect(metrics.majority.value).toBeNull();
    expect([k, comparisons]).toEqual([0, []]);
  });

  it("gives no bootstrap interval for under five questions", () => {
    const few = (questions: number) => method("bc", summarise(syntheticRun({ questions }), 200));
    expect(few(4).metrics.perplexityPositive.interval).toBeNull();
    expect(few(4).comparisons.map(({ differences }) => differences.perplexityPositive.clear)).toEqual([
      false,
      false,
    ]);
    expect(few(8).metrics.perplexityPositive.interval).not.toBeNull();
  });

  it("names a question that comes twice", () => {
    const { predictions } = arm("dc");
    const twice = { ...arm("dc"), predictions: [...predictions, predictions[4]!] };
    expect(() => summarise({ ...run, arms: [twice] })).toThrow(
      [
        'method "dc", seed 1: a test question comes twice',
        '  found: "test-5"',
        "  expected: each question id once",
      ].join("\n"),
    );
  });
});
