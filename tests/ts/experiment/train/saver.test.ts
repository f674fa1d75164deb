import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Worker } from "../../../../ts/bridge/index.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { Saver } from "../../../../ts/experiment/train/saver.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());
const pass = (seconds: number): unknown => vi.advanceTimersByTime(seconds * 1000);

/** A saver of a training, what it asks of the worker, and what it says. */
function saver({ saveEvery, takes = 0, failed }: { saveEvery?: number; takes?: number; failed?: string }) {
  const asked: object[] = [];
  const notes: string[] = [];
  const request = async (_: string, params: object) => {
    asked.push(params);
    pass(takes);
    return { step: 0, failed };
  };
  const worker = { request } as unknown as Worker;
  const progress = { ...silent, note: (text: string) => void notes.push(text) };
  const options = { worker, run: "r", directory: "/a", saveEvery, label: "vft", progress };
  return { saver: new Saver(options, 0), asked, notes };
}

test("left out: every two minutes, in the background", async () => {
  const { saver: one, asked } = saver({});
  pass(119);
  expect(one.isDueAfter(7)).toBe(false);
  pass(1);
  expect(one.isDueAfter(8)).toBe(true);
  await one.saveDue(8);
  expect(asked).toEqual([{ run: "r", directory: "/a/resume", background: true }]);
  pass(119);
  expect(one.isDueAfter(9)).toBe(false);
  pass(1);
  expect([one.isDueAfter(8), one.isDueAfter(9)]).toEqual([false, true]);
});

test("where it holds the training up it comes more seldom: for a fiftieth of the time at most", async () => {
  const { saver: one } = saver({ takes: 10 });
  pass(120);
  await one.saveDue(1);
  pass(489);
  expect(one.isDueAfter(2)).toBe(false);
  pass(1);
  expect(one.isDueAfter(2)).toBe(true);
});

test("by steps where those are given, and never for 0, whatever the time", async () => {
  const { saver: byStep, asked } = saver({ saveEvery: 3 });
  expect([1, 2, 3].map((step) => byStep.isDueAfter(step))).toEqual([false, false, true]);
  await byStep.saveDue(3);
  expect(asked).toEqual([{ run: "r", directory: "/a/resume" }]);
  expect(byStep.isDueAfter(3)).toBe(false);
  const { saver: none } = saver({ saveEvery: 0 });
  pass(1000);
  expect(none.isDueAfter(3)).toBe(false);
});

test("a state that could not be written is told of once", async () => {
  const { saver: one, notes } = saver({ failed: "cannot write /a/resume: No space left on device (ENOSPC)" });
  await one.saveDue(1);
  await one.saveDue(2);
  expect(notes).toEqual([
    "vft: no state could be saved from which a killed run would go on: cannot write /a/resume: No space left on device (ENOSPC)",
  ]);
});
