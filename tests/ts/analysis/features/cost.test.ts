import { expect, it } from "vitest";
import { costOf } from "../../../../ts/analysis/features/cost/numbers.ts";
import { renderMarkdown, renderReport, type StageRun, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";

const stage = (name: string, seconds: number, more: Partial<StageRun> = {}): StageRun => ({
  stage: name,
  seed: 1,
  seconds,
  reused: false,
  artefact: name,
  ...more,
});

const cost = costOf({
  ...syntheticRun({ questions: 2, k: 1 }),
  stages: [
    stage("questions", 1),
    stage("vft", 10, { tokens: 1000, reused: true, peakResidentBytes: 5e8, peakAcceleratorBytes: 0 }),
    stage("align", 20, { tokens: 600, method: "bc", peakResidentBytes: 7e8, peakAcceleratorBytes: 0 }),
    stage("align", 20, { tokens: 200, method: "bc", seed: 2 }),
    stage("align", 5, { method: "dc" }),
  ],
});

it("adds up time and tokens by stage, by method and in all, what was reused apart", () => {
  expect(
    cost.byStage.map(({ name, runs, seconds, secondsHere }) => [name, runs, seconds, secondsHere]),
  ).toEqual([
    ["questions", 1, 1, 1],
    ["vft", 1, 10, 0],
    ["align", 3, 45, 45],
  ]);
  expect(cost.byMethod.map(({ name, seconds }) => [name, seconds])).toEqual([
    ["dc", 5],
    ["bc", 40],
  ]);
  expect([cost.total.seconds, cost.total.secondsHere, cost.total.tokens]).toEqual([56, 46, 1800]);
});

it("goes by the time of the stages that count tokens, and knows no speed of others", () => {
  expect(cost.byStage[2]!.tokensPerSecond).toBe(20);
  expect(cost.byStage[0]).toMatchObject({ tokens: null, tokensPerSecond: null, peakResidentBytes: null });
});

it("takes the highest memory that a stage told", () => {
  expect(cost.total.peakResidentBytes).toBe(7e8);
});

it("shows what was spent when it was made, and what of it was reused", () => {
  const shown = (reused: readonly boolean[]): string => {
    const run = syntheticRun({ questions: 2, k: 1 });
    const stages = reused.map((was, at) => stage(["vft", "align"][at]!, 60, { reused: was }));
    const summary = summarise({ ...run, stages }, 10);
    return renderMarkdown(renderReport({ ...run, stages }, summary).report).markdown.split(
      "What it cost",
    )[1]!;
  };
  const [all, some, none] = [
    [true, true],
    [true, false],
    [false, false],
  ].map(shown) as [string, string, string];
  expect(all).toContain("This run made nothing anew");
  expect(some).toMatch(/vft.*reused/);
  expect(some).toContain("What was there before was reused.");
  expect(none).toContain("All of it was done in this run.");
  for (const text of [all, none]) expect(text).not.toContain("of it in this run");
  for (const text of [all, some, none]) expect(text).not.toContain("0 ms");
});
