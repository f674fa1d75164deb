import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ProgressSink, silent } from "../../../../ts/core/progress.ts";
import { keptProgress, progressFile } from "../../../../ts/experiment/run/kept-progress.ts";
import { until } from "../../../e2e/aft.ts";

const update = { label: "vft", done: 3, total: 10, unit: "steps" };

test("what is told of a run is passed on, and lies in its folder while it goes on", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const directory = await mkdtemp(join(tmpdir(), "aft-progress-"));
  const told = { note: vi.fn(), update: vi.fn(), end: vi.fn(), stage: vi.fn(), done: vi.fn() };
  const { sink, close } = keptProgress(directory, told);
  for (let at = 1; at <= 7; at++) sink.note(`vft: warning: number ${at}`);
  sink.note("a note");
  const place = { label: "vft", at: 1, total: 4, secondsLeft: 60 };
  sink.stage!(place);
  const kept = () => progressFile.read({ directory }).catch(() => undefined);
  await until(async () => (await kept()) !== undefined);
  expect(await kept()).toMatchObject({
    label: "vft",
    whole: { name: "run", secondsLeft: 60 },
    warnings: [3, 4, 5, 6, 7].map((at) => `vft: warning: number ${at}`),
  });
  // Within a second nothing is written again.
  vi.advanceTimersByTime(999);
  const before = await readFile(join(directory, "progress.json"), "utf8");
  sink.update(update);
  sink.end("vft");
  sink.done!("vft: 1 s");
  expect(await readFile(join(directory, "progress.json"), "utf8")).toBe(before);
  vi.advanceTimersByTime(1);
  sink.update(update);
  await until(async () => (await kept())?.done === 3);
  expect([told.update, told.end, told.stage, told.done].map((call) => call.mock.calls)).toEqual([
    [[update], [update]],
    [["vft"]],
    [[place]],
    [["vft: 1 s"]],
  ]);
  expect(told.note).toHaveBeenCalledTimes(8);
  await close();
  expect(existsSync(join(directory, "progress.json"))).toBe(false);
  await rm(directory, { recursive: true });
});

test("a sink that shows no stages gets none, and a folder that is gone stops nobody", async () => {
  const quiet: ProgressSink = silent;
  const { sink, close } = keptProgress("/none/of/these", quiet);
  expect(sink.done).toBeUndefined();
  sink.stage!(undefined);
  sink.update(update);
  await close();
});
