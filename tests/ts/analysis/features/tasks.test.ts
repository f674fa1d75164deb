import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Measured } from "../../../../ts/analysis/generated/report.ts";
import {
  type RunData,
  renderPage,
  renderTable,
  runSummarySchema,
  summarise,
} from "../../../../ts/analysis/index.ts";
import { onlyTasks } from "../../../../ts/analysis/run/tasks.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/interval.ts";
import { mcnemarExact } from "../../../../ts/analysis/statistics/p-values.ts";
import { methods, syntheticRun } from "../synthetic.ts";
import { type InventedTask, runOfTasks } from "../tasks.ts";

const tasks: InventedTask[] = [
  { name: "sums", use: "train", questions: 60 },
  { name: "choices", use: "train", questions: 20 },
  { name: "facts", use: "evaluate", questions: 40 },
];
const run = runOfTasks(tasks);
const summary = summarise(run, 300);
const named = (methods: readonly Measured[], name: string): Measured =>
  methods.find((one) => one.name === name)!;
const task = (name: string) => summary.tasks.find((one) => one.name === name)!;
const right = (method: string, ...names: string[]) =>
  run.arms
    .find((arm) => arm.method === method)!
    .predictions.filter(({ task: of, correct }) => correct && names.includes(of!)).length;

describe("the summary of several tasks", () => {
  it("has each task apart, in the experiment's order, with its own n, Wilson interval and exact test", () => {
    expect(summary.tasks.map(({ name, use, questions }) => ({ name, use, questions }))).toEqual(tasks);
    for (const { name, questions } of tasks) {
      const { accuracy, assessmentMicro } = named(task(name).methods, "none").metrics;
      expect(accuracy.value).toBe(right("none", name) / questions);
      expect(accuracy.interval).toEqual(wilsonInterval(right("none", name), questions));
      expect(accuracy.perSeed[0]!.n).toBe(questions);
      expect(assessmentMicro.interval!.low).toBeLessThan(assessmentMicro.value!);
      const [test] = named(task(name).methods, "none").comparisons[0]!.mcnemar;
      expect(test!.p).toBe(mcnemarExact(test!.onlyThis, test!.onlyBaseline));
    }
  });

  it("pools the trained tasks for the headline numbers: every question counts once, those of other tasks do not", () => {
    const { accuracy } = named(summary.methods, "dc").metrics;
    expect(accuracy.value).toBe(right("dc", "sums", "choices") / 80);
    expect(accuracy.perSeed[0]!.n).toBe(80);
    expect(summary.methods[0]!.counts).toMatchObject({ questions: 80, samples: 480 });
  });

  it("averages the trained tasks for macro: every task counts once, in each metric and each difference", () => {
    expect(summary.macro!.tasks).toEqual(["sums", "choices"]);
    const macro = named(summary.macro!.methods, "none");
    for (const metric of ["accuracy", "assessmentMicro", "perplexityPositive"] as const) {
      const [a, b] = ["sums", "choices"].map((name) => named(task(name).methods, "none"));
      expect(macro.metrics[metric].value).toBeCloseTo(
        (a!.metrics[metric].value! + b!.metrics[metric].value!) / 2,
        12,
      );
      expect(macro.comparisons[0]!.differences[metric].value).toBeCloseTo(
        (a!.comparisons[0]!.differences[metric].value! + b!.comparisons[0]!.differences[metric].value!) / 2,
        12,
      );
    }
    const { accuracy } = macro.metrics;
    expect(accuracy.perSeed[0]!.n).toBe(80);
    expect(accuracy.intervalMethod).toBe("tasks");
    // Distances of two independent means add up as a right-angled triangle's sides.
    const [sums, choices] = ["sums", "choices"].map(
      (name) => named(task(name).methods, "none").metrics.accuracy,
    );
    expect(accuracy.value! - accuracy.interval!.low).toBeCloseTo(
      Math.hypot(sums!.value! - sums!.interval!.low, choices!.value! - choices!.interval!.low) / 2,
      12,
    );
    expect(accuracy.perSeed[0]!.interval).toEqual(accuracy.interval);
    expect(macro.comparisons[0]!.mcnemar).toEqual([]);
    expect(macro.comparisons[0]!.differences.accuracy.p).toBeGreaterThan(0);
  });

  it("tests the mean over tasks with each question weighing as its task makes it", () => {
    // One question of 60 that differs, and one of 20: units 1/120 and 1/40. Signs reach their sum in 2 of 4 cases, those
    // where both have one sign.
    const two = (answers: boolean[], name: string, size: number) =>
      Array.from({ length: size }, (_, at) => ({
        questionId: `${name}-${at}`,
        task: name,
        question: "?",
        prompt: "?",
        text: "",
        extracted: null,
        answer: "1",
        correct: answers[at] ?? false,
      }));
    const arm = (method: string, one: boolean) => ({
      method,
      seed: 1,
      predictions: [...two([one], "sums", 60), ...two([one], "choices", 20)],
      samples: [],
      heldOut: [],
    });
    const { macro } = summarise({ ...run, arms: [arm("continued", false), arm("dc", true)] }, 50);
    const { accuracy } = named(macro!.methods, "dc").comparisons[0]!.differences;
    expect(accuracy.value).toBeCloseTo(1 / 120 + 1 / 40, 12);
    expect(accuracy.p).toBe(0.5);
  });

  it("adjusts p for all methods on all tasks, and leaves the headline's adjustment alone", () => {
    const differences = summary.tasks.flatMap(({ methods }) =>
      methods.map((one) => one.comparisons.find(({ role }) => role === "continued")?.differences.accuracy),
    );
    const tested = differences.filter((one) => one !== undefined);
    expect(tested).toHaveLength(15);
    const smallest = tested.reduce((least, one) => (one.p! < least.p! ? one : least));
    expect(smallest.pHolm).toBeCloseTo(Math.min(1, 15 * smallest.p!), 12);
    const alone = summarise(onlyTasks(run, ["sums", "choices"]), 300);
    const headline = (of: typeof summary) =>
      of.methods.map(({ comparisons }) => comparisons[0]!.differences.accuracy.pHolm);
    expect(headline(summary)).toEqual(headline(alone));
  });

  it("is the same as that of a run with the trained task alone, where one task is trained and another evaluated", () => {
    const both = runOfTasks([tasks[0]!, tasks[2]!]);
    const alone = { ...both, ...onlyTasks(both, ["sums"]), tasks: both.tasks.slice(0, 1) };
    expect(summarise(both, 100).methods).toEqual(summarise(alone, 100).methods);
    expect(summarise(both, 100).macro).toBeUndefined();
  });

  it("has one entry with the same numbers for a run of one task, whose predictions need not name it", () => {
    const one = summarise(syntheticRun({ questions: 20 }), 100);
    expect(one.tasks).toHaveLength(1);
    expect(one.tasks[0]).toMatchObject({ name: "arithmetic", use: "train", questions: 20 });
    expect(one.tasks[0]!.methods.map(({ metrics }) => metrics)).toEqual(
      one.methods.map(({ metrics }) => metrics),
    );
  });

  it("is read back from JSON, and so is report.json of a time before tasks", () => {
    const json = JSON.parse(JSON.stringify(summary));
    expect(runSummarySchema.parse(json)).toEqual(summary);
    const { tasks: _tasks, macro: _macro, ...older } = json;
    expect(runSummarySchema.parse(older).tasks).toEqual([]);
  });

  it("says of methods that answer all of a task wrongly how far that could be from the truth", () => {
    const all = (correct: (name: string) => boolean) => ({
      ...run,
      arms: run.arms.map((arm) => ({
        ...arm,
        predictions: arm.predictions.map((one) => ({ ...one, correct: correct(one.task!) })),
      })),
    });
    const { metrics, comparisons } = named(
      summarise(
        all(() => false),
        50,
      ).macro!.methods,
      "none",
    );
    // Wilson's upper limits for 0 of 60 and 0 of 20, 0.0602 and 0.1611: sqrt(0.0602^2 + 0.1611^2) / 2.
    expect(metrics.accuracy).toMatchObject({
      value: 0,
      interval: { low: 0, high: expect.closeTo(0.086, 3) },
    });
    const { interval, clear } = comparisons[0]!.differences.accuracy;
    expect(interval).toEqual({ low: -interval!.high, high: expect.closeTo(0.086, 3) });
    expect(clear).toBe(false);
    const half = named(
      summarise(
        all((name) => name === "sums"),
        50,
      ).macro!.methods,
      "none",
    ).metrics.accuracy;
    expect(half.value).toBeCloseTo(0.5, 12);
    expect(half.interval!.low).toBeCloseTo(0.5 - 0.0602 / 2, 3);
    expect(half.interval!.high).toBeCloseTo(0.5 + 0.1611 / 2, 3);
  });

  it("has no mean over tasks of what one task lacks, and no interval where one has none", () => {
    const withoutHeldOut: RunData = {
      ...run,
      arms: run.arms.map((arm) => ({
        ...arm,
        heldOut: arm.heldOut.filter(({ task: of }) => of !== "choices"),
      })),
    };
    const { metrics } = named(summarise(withoutHeldOut, 50).macro!.methods, "bc");
    expect(metrics.assessmentMicro).toMatchObject({ value: null, interval: null });
    expect(metrics.accuracy.interval).not.toBeNull();
    const few = runOfTasks([tasks[0]!, { ...tasks[1]!, questions: 4 }]);
    const { accuracy, sampledAccuracy } = named(summarise(few, 50).macro!.methods, "bc").metrics;
    expect(accuracy.interval).not.toBeNull();
    expect(sampledAccuracy.interval).toBeNull();
  });

  it("refuses a test question of no task or an unknown one", () => {
    const renamed = (name: string | undefined): RunData => ({
      ...run,
      arms: run.arms.map((arm) => ({
        ...arm,
        predictions: arm.predictions.map((one) => ({ ...one, task: name })),
      })),
    });
    expect(() => summarise(renamed("choice"), 10)).toThrow(
      [
        'method "kept", seed 1: a test question of an unknown task',
        '  found: "choice"',
        "  expected: field task: one of sums, choices, facts",
        "  did you mean: choices",
      ].join("\n"),
    );
    expect(() => summarise(renamed(undefined), 10)).toThrow(
      'method "kept", seed 1: a test question of no task\n  expected: field task: one of sums, choices, facts',
    );
  });
});

describe("other tasks", () => {
  it("are told of, method by method, against the weights it starts from", () => {
    const found = summary.diagnostics.filter(({ id }) => id === "out-of-distribution");
    expect(found.map(({ method }) => method)).toEqual(["continued", "rft", "none", "dc", "bc"]);
    const { accuracy } = named(task("facts").methods, "none").comparisons.find(
      ({ role }) => role === "kept",
    )!.differences;
    const none = found.find(({ method }) => method === "none")!;
    expect(none.evidence).toEqual({ facts: accuracy.value });
    expect(none.level).toBe(accuracy.clear ? "warning" : "note");
  });
});

describe("the tables by task", () => {
  it("stand in the terminal, pooled and macro beside the trained tasks", async () => {
    const table = renderTable(summary);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
    await expect(`${table}\n`).toMatchFileSnapshot("../../../golden/analysis/table-tasks.txt");
  });

  it("are cut into as many as fit where there are eight tasks over two seeds", () => {
    const eight = Array.from(
      { length: 8 },
      (_, at): InventedTask => ({
        name: `a-task-with-a-name-${at + 1}`,
        use: at < 5 ? "train" : "evaluate",
        questions: 6,
      }),
    );
    const table = renderTable(
      summarise(runOfTasks(eight, { seeds: [1, 2], methods: methods.slice(0, 3) }), 20),
    );
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
    for (const { name } of eight) expect(table.split(`${name} (6 questions)`)).toHaveLength(2);
  });

  it("stand in the page, the trained tasks first, others under a heading of their own", () => {
    const { document } = parseHTML(renderPage(run, summary));
    const texts = (selector: string): string[] =>
      [...document.querySelectorAll(selector)].map((element) => element.textContent ?? "");
    expect(texts(".by-task th[scope=colgroup]")).toEqual(["Trained on", "Out of distributionevaluated only"]);
    expect(texts(".by-task th[scope=col]")).toEqual([
      "Method",
      "sums60 questions",
      "choices20 questions",
      "pooledall 80 alike",
      "macromean of 2 tasks",
      "facts40 questions",
    ]);
    expect(texts(".by-task tbody th")).toEqual(run.methods.map(({ label }) => label));
    expect(texts(".by-task tbody tr:nth-child(2) td b")).toEqual(
      [
        right("continued", "sums") / 60,
        right("continued", "choices") / 20,
        right("continued", "sums", "choices") / 80,
      ]
        .concat([
          (right("continued", "sums") / 60 + right("continued", "choices") / 20) / 2,
          right("continued", "facts") / 40,
        ])
        .map((share) => (100 * share).toFixed(1)),
    );
    expect(texts(".about").join(" ")).toContain(
      "of the tasks that were trained on (sums, choices) and, out of distribution, of others (facts)",
    );
    const shown = texts("details.example summary .quiet").map((text) => text.split(":")[0]);
    expect(shown.slice(0, 6)).toEqual(["sums", "choices", "facts", "sums", "choices", "facts"]);
  });

  it("are no part of a report of one task", () => {
    const one = syntheticRun({ questions: 20 });
    expect(renderPage(one, summarise(one, 20))).not.toContain('id="by-task"');
    expect(renderTable(summarise(one, 20))).not.toContain("Task by task");
  });
});
