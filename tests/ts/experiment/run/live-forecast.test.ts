import { expect, test } from "vitest";
import { type Progress, silent } from "../../../../ts/core/progress.ts";
import { LiveForecast } from "../../../../ts/experiment/run/live-forecast.ts";
import type { StageEvent } from "../../../../ts/experiment/run/stage-event.ts";

const stages = ["vft", "sample", "align"].map((stage) => ({ key: `key of ${stage}`, stage }));

function follow(expected?: ReadonlyMap<string, number>) {
  const clock = { seconds: 0 };
  const done = new Set<string>();
  const forecast = new LiveForecast({
    name: "run",
    missing: () => stages.filter(({ key }) => !done.has(key)),
    jobs: () => 1,
    expected,
    now: () => clock.seconds * 1000,
  });
  const event = (stage: string, kind: StageEvent["kind"], seconds?: number): StageEvent =>
    ({
      ...{ kind, stage, label: stage, key: `key of ${stage}`, at: 1, total: 3 },
      ...(seconds === undefined ? {} : { artefact: { reused: false, manifest: { seconds } } }),
    }) as StageEvent;
  return {
    forecast,
    clock,
    make: (stage: string) => forecast.stage(event(stage, "make")),
    end(stage: string, seconds: number) {
      done.add(`key of ${stage}`);
      forecast.stage(event(stage, "end", seconds));
    },
  };
}

const shown = () => {
  const seen: Progress[] = [];
  return { seen, sink: { ...silent, update: (progress: Progress) => seen.push(progress) } };
};
const step = (done: number, total = 100) => ({ label: "vft", done, total, unit: "steps" });

test("each update of a stage gets what is left of the whole, from the estimate and then from what was", () => {
  const { forecast, clock, make, end } = follow(new Map(stages.map(({ key }, at) => [key, 100 * (at + 1)])));
  make("vft");
  const { seen, sink } = shown();
  const vft = forecast.sinkOf("key of vft", sink);
  vft.update(step(0));
  expect(seen.at(-1)).toEqual({ ...step(0), whole: { name: "run", secondsLeft: 600 } });
  clock.seconds = 10;
  vft.update(step(5));
  // 190 s of it, twice what was expected.
  expect(seen.at(-1)!.whole!.secondsLeft).toBeCloseTo(190 + 2 * 500);
  end("vft", 50);
  make("sample");
  forecast.sinkOf("key of sample", sink).update({ ...step(0), label: "sample" });
  expect(seen.at(-1)!.whole!.secondsLeft).toBeCloseTo(0.5 * 500);
});

test("without an estimate a long stage has the rest measured, once, and until then nothing is said", async () => {
  const { forecast, clock, make } = follow();
  make("vft");
  const { seen, sink } = shown();
  let measured = 0;
  const vft = forecast.sinkOf("key of vft", sink, async () => {
    measured++;
    return new Map(stages.map(({ key }) => [key, 40]));
  });
  vft.update(step(0));
  clock.seconds = 9;
  vft.update(step(9));
  expect(measured).toBe(0);
  for (const second of [11, 12, 13]) {
    clock.seconds = second;
    vft.update(step(second));
  }
  expect(measured).toBe(1);
  expect(seen.map(({ whole }) => whole)).toEqual(seen.map(() => undefined));
  await Promise.resolve();
  clock.seconds = 20;
  vft.update(step(20));
  // 80 s of the stage, which takes 100 s in the place of 40.
  expect(seen.at(-1)!.whole!.secondsLeft).toBeCloseTo(80 + 2.5 * 80);
});

test("a measurement that fails stops nothing, and is not tried again", async () => {
  const { forecast, clock, make } = follow();
  make("vft");
  const { seen, sink } = shown();
  let measured = 0;
  const vft = forecast.sinkOf("key of vft", sink, () => {
    measured++;
    return Promise.reject(new Error("no room"));
  });
  for (const second of [0, 15, 16, 17]) {
    clock.seconds = second;
    vft.update(step(second));
    await Promise.resolve();
  }
  expect(measured).toBe(1);
  expect(seen.every(({ whole }) => whole === undefined)).toBe(true);
});

test("a short stage is not held up", () => {
  const { forecast, clock, make } = follow();
  make("vft");
  const vft = forecast.sinkOf("key of vft", silent, () => {
    throw new Error("measured");
  });
  for (const second of [0, 10, 12]) {
    clock.seconds = second;
    vft.update(step(second, 13));
  }
});
