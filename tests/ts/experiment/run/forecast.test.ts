import { describe, expect, test } from "vitest";
import type { Progress } from "../../../../ts/core/progress.ts";
import { type ExpectedSeconds, Forecast } from "../../../../ts/experiment/run/forecast.ts";

const stages = ["vft", "sample", "align:a", "align:b", "judge"].map((key) => ({
  key,
  stage: key.split(":")[0]!,
}));
const [vft, sample, alignA, alignB, judge] = stages as [Stage, Stage, Stage, Stage, Stage];
type Stage = (typeof stages)[number];

const expected = new Map([
  ["vft", 100],
  ["sample", 50],
  ["align:a", 20],
  ["align:b", 40],
]);

function run(expectations?: ExpectedSeconds) {
  const clock = { seconds: 0 };
  const forecast = new Forecast(() => clock.seconds * 1000);
  if (expectations !== undefined) forecast.expect(expectations);
  return {
    forecast,
    clock,
    begin: ({ key, stage }: Stage) => forecast.begin({ key, stage, label: key }),
    /** Begins and ends. */
    make({ key, stage }: Stage, seconds: number) {
      forecast.begin({ key, stage, label: key });
      clock.seconds += seconds;
      forecast.end(key, seconds);
    },
    /** Reports a step a second from here on: `done` after the last. */
    work(key: string, total: number, seconds: number, more: Partial<Progress> = {}) {
      for (let done = 0; done <= seconds; done++) {
        forecast.update(key, { label: key, done: done + (more.from ?? 0), total, unit: "steps", ...more });
        if (done < seconds) clock.seconds++;
      }
    },
  };
}

describe("with an estimate", () => {
  test("what is left is the sum of it, and stages without a model take nothing", () => {
    expect(run(expected).forecast.left(stages)).toBe(210);
    expect(run(expected).forecast.left([alignB, judge])).toBe(40);
    expect(run(expected).forecast.left([])).toBe(0);
  });

  test("a kind that took twice what was expected will do so again; other kinds go by all so far until they have been seen", () => {
    const { forecast, make } = run(expected);
    make(vft, 200);
    expect(forecast.left([sample, alignA, alignB])).toBe(2 * (50 + 20 + 40));
    make(sample, 25);
    // Samples came in half the time; the aligning goes by both: 225 s in the place of 150.
    expect(forecast.left([alignA, alignB])).toBe(1.5 * (20 + 40));
    make(alignA, 20);
    expect(forecast.left([alignB])).toBe(40);
  });

  test("a stage at work counts with its own rate, and corrects the others by it", () => {
    const { forecast, begin, work } = run(expected);
    begin(vft);
    // 20 of 400 steps in 20 s: 380 s more, and 400 in all, four times what was expected.
    work("vft", 400, 20);
    expect(forecast.left(stages)).toBeCloseTo(380 + 4 * (50 + 20 + 40));
  });

  test("until it is a twentieth done it tells of itself alone", () => {
    const { forecast, begin, work } = run(expected);
    begin(vft);
    work("vft", 400, 10);
    expect(forecast.left(stages)).toBeCloseTo(390 + 50 + 20 + 40);
  });

  test("what a resumed stage did before is no part of its rate, but of the whole that it takes", () => {
    const { forecast, begin, work } = run(expected);
    begin(vft);
    // 20 of the 200 that are left, of 400: 400 s in all.
    work("vft", 400, 20, { from: 200 });
    expect(forecast.left([vft, sample])).toBeCloseTo(180 + 4 * 50);
  });

  test("the first of many in a part of a stage are no rate to go by", () => {
    const { forecast, begin, clock } = run(expected);
    begin(sample);
    const part = (done: number) =>
      forecast.update("sample", { label: "sample (k = 6)", done, total: 240, unit: "candidates" });
    part(0);
    clock.seconds += 10;
    part(1);
    // By that rate 40 minutes would be left.
    expect(forecast.left([sample])).toBe(40);
  });

  test("a stage of several parts takes what was expected less the time so far, and no less than its part tells", () => {
    const { forecast, begin, work, clock } = run(expected);
    begin(sample);
    work("sample", 10, 5, { label: "sample (greedy)" });
    // The part has 5 s left, the whole 45.
    expect(forecast.left([sample, alignA])).toBe(45 + 20);
    clock.seconds += 100;
    expect(forecast.left([sample])).toBeGreaterThan(0);
  });

  test("one that the estimate cannot tell is not known until one of its kind has been made", () => {
    const untold = new Map([...expected, ["sample", undefined] as const]);
    const { forecast, make } = run(untold);
    expect(forecast.left([sample, alignA, judge])).toBeUndefined();
    expect(forecast.left([alignA, judge])).toBe(20);
    make(sample, 30);
    expect(forecast.left([{ key: "sample:2", stage: "sample" }])).toBe(30);
  });

  test("what was there before, or failed, tells nothing of the others", () => {
    const { forecast, begin, clock } = run(expected);
    begin(vft);
    clock.seconds += 1;
    forecast.end("vft", undefined);
    expect(forecast.left([sample])).toBe(50);
  });
});

describe("without an estimate", () => {
  test("nothing is made up: a number comes once every kind that is missing has been made", () => {
    const { forecast, make } = run();
    expect(forecast.left(stages)).toBeUndefined();
    make(alignA, 5);
    expect(forecast.left([alignA, sample])).toBeUndefined();
    make(sample, 10);
    make(sample, 20);
    expect(forecast.left([sample, alignB])).toBe(15 + 5);
    expect(forecast.left([])).toBe(0);
  });

  test("a stage at work stands for others of its kind as soon as it can tell", () => {
    const { forecast, begin, work } = run();
    begin(alignA);
    expect(forecast.left([alignA, alignB])).toBeUndefined();
    work("align:a", 40, 10);
    expect(forecast.left([alignA, alignB])).toBeCloseTo(30 + 40);
  });

  test("a stage that an estimate did not know is taken as others of its kind in the estimate", () => {
    const { forecast, make } = run(expected);
    make(vft, 50);
    expect(forecast.left([alignA, { key: "align:c", stage: "align" }])).toBe(0.5 * 20 + 0.5 * 20);
    expect(forecast.left([alignA, alignB, { key: "align:c", stage: "align" }])).toBe(0.5 * (20 + 40 + 30));
  });
});

test("stages that are made side by side share the time, and the longest bounds it", () => {
  const { forecast } = run(expected);
  expect(forecast.left([vft, sample, alignA, alignB], 2)).toBe(105);
  expect(forecast.left([vft, sample], 2)).toBe(100);
});

test("a stage is long once it has been made for ten seconds and tells of twenty more", () => {
  const { forecast, begin, work } = run();
  expect(forecast.isLong("vft")).toBe(false);
  begin(vft);
  work("vft", 100, 9);
  expect(forecast.isLong("vft")).toBe(false);
  work("vft", 100, 1, { from: 9 });
  expect(forecast.isLong("vft")).toBe(true);
  const short = run();
  short.begin(vft);
  short.work("vft", 29, 10);
  expect(short.forecast.isLong("vft")).toBe(false);
});
