import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type RunData, renderPage, renderTable, summarise } from "../../../../ts/analysis/index.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/interval.ts";
import { syntheticRun } from "../synthetic.ts";
import { judgedByBoth, runOfTasks } from "../tasks.ts";

const run = judgedByBoth(syntheticRun());
const summary = summarise(run, 200);

describe("greedy accuracy by both rules of extraction", () => {
  it("counts the same texts by each rule, with Wilson's interval, and leaves the headline as it was", () => {
    for (const { name, byMode, metrics } of summary.methods) {
      const { predictions } = run.arms.find(({ method }) => method === name)!;
      const flexible = predictions.filter((one) => one.byMode!.flexible.correct).length;
      expect(byMode!.strict).toEqual(metrics.accuracy);
      expect(byMode!.flexible).toMatchObject({
        value: flexible / 60,
        interval: wilsonInterval(flexible, 60),
      });
      expect(flexible).toBeGreaterThan(60 * metrics.accuracy.value!);
    }
    expect(summary.methods.map(({ metrics }) => metrics)).toEqual(
      summarise(syntheticRun(), 200).methods.map(({ metrics }) => metrics),
    );
  });

  it("is resampled over questions where there are several seeds", () => {
    const seeds = summarise(judgedByBoth(syntheticRun({ questions: 30, seeds: [1, 2] })), 200);
    const { strict } = seeds.methods[0]!.byMode!;
    expect(strict).toEqual(seeds.methods[0]!.metrics.accuracy);
    expect(strict.intervalMethod).toBe("bootstrap");
  });

  it("is left out where one prediction was judged by one rule only", () => {
    const [first, ...others] = run.arms;
    const { byMode: _byMode, ...one } = first!.predictions[0]!;
    const partly: RunData = {
      ...run,
      arms: [{ ...first!, predictions: [one, ...first!.predictions.slice(1)] }, ...others],
    };
    const of = summarise(partly, 20);
    expect(of.methods.map(({ byMode }) => byMode !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it("stands in both tables, and the patterns and the exact prompt in the record", () => {
    const told: RunData = {
      ...run,
      tasks: [
        {
          name: "arithmetic",
          use: "train",
          extract: "strict",
          patterns: { strict: "#### (.+)", flexible: "[0-9]+ <any>" },
        },
      ],
      prompts: [{ task: "arithmetic", template: "plain", digest: "a1".repeat(32), first: "Cat <buys>?\n" }],
    };
    const of = summarise(told, 50);
    const { document } = parseHTML(renderPage(told, of));
    const heads = document.querySelectorAll("[aria-label='By both rules of extraction'] th[scope=col]");
    expect([...heads].map((head) => head.textContent)).toEqual([
      "Method",
      "strict",
      "flexible",
      "flexible minus strict, points",
      "questions",
    ]);
    const record = document.querySelector("section#record")!;
    const codes = [...record.querySelectorAll("code")].map((code) => code.textContent);
    expect(codes).toContain("#### (.+)");
    expect(codes).toContain("[0-9]+ <any>");
    expect(codes).toContain("Cat <buys>?\n");
    expect(record.textContent).toContain("The exact prompt: arithmetic (plain)");
    expect(document.body.textContent).toContain("by the rule that the experiment chose: arithmetic strict.");
    expect(renderTable(of)).toMatch(/Greedy, % right by rule +strict +flexible +points/);
  });

  it("is no part of a report whose answers were judged by one rule", () => {
    const plain = syntheticRun({ questions: 20 });
    expect(renderPage(plain, summarise(plain, 20))).not.toContain('id="by-mode"');
    expect(renderTable(summarise(plain, 20))).not.toContain("by rule");
  });

  it("is told of where the rules differ, task by task", () => {
    const tasks = [
      { name: "sums", use: "train" as const, questions: 30 },
      { name: "facts", use: "evaluate" as const, questions: 30 },
    ];
    const of = summarise(judgedByBoth(runOfTasks(tasks)), 20);
    const { text, level } = of.diagnostics.find(
      ({ id, method }) => id === "answers-not-in-form" && method === "none",
    )!;
    expect(level).toBe("warning");
    expect(text).toMatch(
      /^AFT, no constraint: right are on sums \d+\.\d % by the flexible rule and \d+\.\d % by the strict one \(\+\d+\.\d points\), on facts .*; answers are there but not in the asked form/,
    );
    expect(of.tasks[1]!.methods[0]!.byMode).toBeDefined();
  });
});
