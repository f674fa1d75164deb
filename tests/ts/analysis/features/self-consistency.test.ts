import { describe, expect, it } from "vitest";
import { selfConsistencyOf, testedOf } from "../../../../ts/analysis/features/self-consistency/numbers.ts";
import { majorityTally } from "../../../../ts/analysis/metrics/majority.ts";
import { passTally } from "../../../../ts/analysis/metrics/sampled.ts";
import { ratio } from "../../../../ts/analysis/metrics/tally.ts";
import { signFlipTest } from "../../../../ts/analysis/statistics/sign-flip.ts";
import { syntheticRun } from "../synthetic.ts";

const test = signFlipTest(200, "test");
const run = syntheticRun({ questions: 40, k: 5, seeds: [1, 2], trainingSteps: 2 });
const found = selfConsistencyOf(run, { seed: "s", resamples: 200, test })!;
const part = (name: string) => found.methods.find((method) => method.name === name)!;
const samplesOf = (name: string) =>
  run.arms.filter(({ method }) => method === name).flatMap(({ samples }) => samples);

describe("self-consistency", () => {
  it("ends each curve at maj@k and pass@k of all seeds' samples, and begins at the share of right samples", () => {
    const samples = samplesOf("bc");
    const { majority, pass, best } = part("bc").curves;
    expect(majority.at(-1)!.value).toBeCloseTo(
      ratio(samples.map(({ candidates }) => majorityTally(candidates, candidates.length)))!,
      12,
    );
    for (const { size, value, n, interval } of pass) {
      expect(value).toBeCloseTo(ratio(samples.map(({ candidates }) => passTally(candidates, size)))!, 12);
      expect(n).toBe(80);
      expect(interval!.low).toBeLessThanOrEqual(value!);
      expect(interval!.high).toBeGreaterThanOrEqual(value!);
    }
    expect(majority[0]!.value).toBeCloseTo(pass[0]!.value!, 12);
    expect(best[0]!.value).toBeCloseTo(pass[0]!.value!, 12);
  });

  it("holds every way of answering against the baseline's greedy answers and its vote", () => {
    expect(found.baseline).toBe("continued");
    const accuracy = (name: string, decoding: string): number =>
      part(name).decodings.find((one) => one.decoding === decoding)!.accuracy.value!;
    for (const { name, decodings } of found.methods)
      for (const { decoding, againstGreedy, againstMajority } of decodings) {
        const own = name === "continued";
        if (own && decoding === "greedy") expect(againstGreedy).toBeNull();
        else
          expect(againstGreedy!.value).toBeCloseTo(
            accuracy(name, decoding) - accuracy("continued", "greedy"),
            12,
          );
        if (own && decoding === "majority") expect(againstMajority).toBeNull();
        else
          expect(againstMajority!.value).toBeCloseTo(
            accuracy(name, decoding) - accuracy("continued", "majority"),
            12,
          );
      }
  });

  it("adjusts p for all differences of a column", () => {
    const tested = testedOf(found.methods, "againstMajority");
    expect(tested).toHaveLength(6 * 3 - 1);
    const smallest = tested.reduce((least, one) => (one.p! < least.p! ? one : least));
    expect(smallest.pHolm).toBeCloseTo(Math.min(1, smallest.p! * tested.length), 12);
  });

  it("has no best of k where a sample has no score, and takes VFT as it is where nothing was continued", () => {
    const { logprob: _, ...cut } = run.arms[0]!.samples[0]!.candidates[0]!;
    const arms = run.arms
      .filter(({ method }) => method !== "continued")
      .map((arm, at) =>
        at > 0
          ? arm
          : {
              ...arm,
              samples: arm.samples.map((group, first) =>
                first > 0 ? group : { ...group, candidates: [cut, ...group.candidates.slice(1)] },
              ),
            },
      );
    const other = selfConsistencyOf({ ...run, arms }, { seed: "s", resamples: 50, test })!;
    expect(other.baseline).toBe("kept");
    const kept = other.methods.find(({ name }) => name === "kept")!;
    expect(kept.curves.best).toEqual([]);
    expect(kept.decodings.map(({ decoding }) => decoding)).toEqual(["greedy", "majority"]);
  });

  it("is nothing with one sample a question", () => {
    expect(
      selfConsistencyOf(syntheticRun({ questions: 4, k: 1 }), { seed: "s", resamples: 20, test }),
    ).toBeUndefined();
  });
});
