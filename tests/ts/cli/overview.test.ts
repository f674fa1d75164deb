import { expect, test } from "vitest";
import { overviewOn } from "../../../ts/cli/overview.ts";
import type { RunningCell, SweepOverview } from "../../../ts/experiment/index.ts";

function screen(isTTY: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const out = { isTTY, columns: 80, rows: 4, write: (text: string) => written.push(text) };
  return { watch: overviewOn(out, () => clock.ms), clock, text: () => written.join(""), written };
}

const running = (cell: string, more: Partial<RunningCell> = {}): RunningCell => ({
  cell,
  stage: "vft seed 1",
  position: 3,
  stageCount: 9,
  waits: false,
  ...more,
});
const overview = (more: Partial<SweepOverview> = {}): SweepOverview => ({
  sweep: "k",
  total: 4,
  done: 1,
  failed: 0,
  running: [running("k=3"), running("k=6", { waits: true })],
  secondsLeft: () => 90,
  ...more,
});
const step = { label: "vft seed 1", done: 20, total: 100, unit: "steps" };

test("a terminal shows the whole and each running cell, redrawn in place under what stays", () => {
  const { watch, clock, text, written } = screen(true);
  watch.changed(overview());
  expect(text()).toBe(
    [
      "sweep k: 1 of 4 cells done, about 1 min 30 s left",
      "  k=3  [3/9] vft seed 1",
      "  k=6  [3/9] vft seed 1: waiting, another is making it",
    ].join("\n"),
  );
  clock.ms = 200;
  watch.progressOf("k=3").update(step);
  expect(written.at(-2)).toBe("\r\x1b[K\x1b[A\x1b[K\x1b[A\x1b[K");
  expect(written.at(-1)).toContain("\n  k=3  [3/9] vft seed 1: 20/100 steps (20 %)\n");
  watch.made(running("k=3"), 12.34);
  expect(written.slice(-3)).toEqual([
    expect.stringContaining("\x1b[A"),
    "k=3: [3/9] vft seed 1: 12.3 s\n",
    expect.stringContaining("sweep k: 1 of 4"),
  ]);
});

test("a terminal gets no more lines than it has, none of them too long, and none at the end", () => {
  const { watch, clock, written } = screen(true);
  watch.changed(
    overview({ running: Array.from({ length: 9 }, (_, at) => running(`${"long".repeat(30)}${at}`)) }),
  );
  const lines = written.at(-1)!.split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.length).toBeLessThan(80);
  clock.ms = 200;
  watch.changed(overview({ running: [] }));
  expect(written.at(-1)).toBe("\r\x1b[K\x1b[A\x1b[K\x1b[A\x1b[K");
});

test("a pipe gets plain lines: stages, ends with the counts, a failure with its error", () => {
  const { watch, clock, text } = screen(false);
  watch.changed(overview({ secondsLeft: () => undefined }));
  watch.progressOf("k=3").note("a note");
  watch.progressOf("k=3").update(step);
  clock.ms = 11_000;
  watch.progressOf("k=3").update({ ...step, done: 42 });
  watch.made(running("k=3", { stageCount: 12 }), 12.34);
  watch.ended("k=3", 61);
  watch.ended("k=6", 5, "vft seed 1: no space\n  fix: free some");
  expect(text()).toBe(
    [
      "k=3: a note",
      "k=3: vft seed 1: 42/100 steps (42 %), 2.0 steps/s, 29 s left",
      "k=3: [ 3/12] vft seed 1: 12.3 s",
      "cell k=3 done in 1 min 1 s (2 of 4 cells done)",
      "cell k=6 failed (1 of 4 cells done, 1 failed):",
      "  vft seed 1: no space",
      "    fix: free some",
      "",
    ].join("\n"),
  );
});

test("what is left of the sweep stands in a terminal's first line alone, and in each of a pipe's", () => {
  const whole = { name: "sweep", secondsLeft: 90 };
  const terminal = screen(true);
  terminal.watch.progressOf("k=3").update({ ...step, whole });
  terminal.clock.ms = 200;
  terminal.watch.changed(overview());
  expect(terminal.text()).toContain("about 1 min 30 s left\n");
  expect(terminal.text()).not.toContain("of the whole sweep");
  const pipe = screen(false);
  pipe.watch.progressOf("k=3").update({ ...step, whole });
  pipe.clock.ms = 11_000;
  pipe.watch.progressOf("k=3").update({ ...step, done: 42, whole });
  expect(pipe.text()).toBe(
    "k=3: vft seed 1: 42/100 steps (42 %), 2.0 steps/s, 29 s left, about 1 min 30 s of the whole sweep\n",
  );
});
