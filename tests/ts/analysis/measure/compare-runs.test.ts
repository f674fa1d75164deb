import { expect, test } from "vitest";
import { compareRuns, type RunData } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";

/** A run of one method whose greedy answers are right where `right` says so; no samples. */
function runOf(name: string, right: readonly boolean[], more: { seed?: number; ask?: string } = {}): RunData {
  const { seed = 1, ask = "How many" } = more;
  const run = syntheticRun({ questions: right.length, seeds: [seed] });
  const [method] = run.methods;
  const predictions = right.map((correct, at) => ({
    questionId: `q${at}`,
    question: `${ask} ${at}?`,
    prompt: "",
    text: "",
    extracted: null,
    answer: String(at),
    correct,
  }));
  return {
    ...run,
    name,
    methods: [method!],
    arms: [{ method: method!.name, seed, predictions, samples: [], heldOut: [] }],
  };
}
const pattern = (text: string): boolean[] => [...text].map((one) => one === "x");

test("the same questions: McNemar's test of the answers that differ, the difference paired", () => {
  // Six questions only B answers, one only A, three both.
  const { sameQuestions, questions, methods } = compareRuns(
    runOf("a", pattern("xxxx------")),
    runOf("b", pattern("xxx-xxxxxx")),
  );
  expect([sameQuestions, questions]).toEqual([true, { a: 10, b: 10 }]);
  const [{ metrics, mcnemar, seeds }] = methods as [(typeof methods)[number]];
  expect(seeds).toEqual([1]);
  // 2 (C(7, 0) + C(7, 1)) / 2^7
  expect(mcnemar).toEqual([{ seed: 1, onlyA: 1, onlyB: 6, p: expect.closeTo(0.125, 12) }]);
  const { a, b, difference, interval, p, pHolm } = metrics.accuracy;
  expect([a.value, a.n, b.value, b.n]).toEqual([0.4, 10, 0.9, 10]);
  expect(difference).toBeCloseTo(0.5, 12);
  for (const one of [p, pHolm]) expect(one).toBeCloseTo(0.125, 12);
  expect(interval!.low).toBeLessThan(0.5);
  expect(interval!.high).toBeGreaterThan(0.5);
  // Wilson, 4 of 10.
  expect(a.interval!.low).toBeCloseTo(0.1682, 4);
  expect(metrics.majority).toMatchObject({ difference: null, p: null });
});

test("other questions under the same ids: the difference of the means, and no test", () => {
  const a = runOf("a", pattern("xxxx------"));
  const { sameQuestions, methods } = compareRuns(a, runOf("b", pattern("xxx-xxxxxx"), { ask: "How few" }));
  expect(sameQuestions).toBe(false);
  expect(methods[0]!.mcnemar).toEqual([]);
  expect(methods[0]!.metrics.accuracy).toMatchObject({
    difference: 0.5,
    interval: null,
    p: null,
    pHolm: null,
  });
  expect(compareRuns(a, runOf("b", pattern("xxxx"))).questions).toEqual({ a: 10, b: 4 });
});

test("no seed in common: not tested either", () => {
  const a = runOf("a", pattern("xxxx------"));
  const { sameQuestions, methods } = compareRuns(a, runOf("b", pattern("xxxxx-----"), { seed: 2 }));
  expect(sameQuestions).toBe(true);
  expect(methods[0]!.seeds).toEqual([]);
  expect(methods[0]!.metrics.accuracy.difference).toBeCloseTo(0.1, 12);
  expect(methods[0]!.metrics.accuracy.p).toBe(null);
});

test("a run beside itself does not differ; methods that one lacks are named", () => {
  const run = syntheticRun({ questions: 20 });
  const fewer = { ...run, methods: run.methods.filter(({ name }) => name !== "rft") };
  const { methods, onlyIn } = compareRuns(run, fewer, { resamples: 200 });
  expect(onlyIn).toEqual({ a: ["rft"], b: [] });
  expect(methods.map(({ name }) => name)).toEqual(fewer.methods.map(({ name }) => name));
  for (const { metrics } of methods)
    for (const { difference, p } of Object.values(metrics)) {
      expect(difference).toBe(0);
      expect(p ?? 1).toBe(1);
    }
});

test("p values are adjusted for the methods compared", () => {
  const two = (a: RunData): RunData => ({
    ...a,
    methods: [a.methods[0]!, { ...a.methods[0]!, name: "twin" }],
    arms: [a.arms[0]!, { ...a.arms[0]!, method: "twin" }],
  });
  const { methods } = compareRuns(
    two(runOf("a", pattern("xxxx------"))),
    two(runOf("b", pattern("xxx-xxxxxx"))),
  );
  for (const { metrics } of methods) expect(metrics.accuracy.pHolm).toBeCloseTo(0.25, 12);
});
