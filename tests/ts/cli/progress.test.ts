import { expect, test } from "vitest";
import { progressLine, progressOn, roughly } from "../../../ts/cli/progress.ts";

function watch(isTTY: boolean) {
  let at = 0;
  let text = "";
  const sink = progressOn(
    {
      isTTY,
      columns: 100,
      write(part: string) {
        text += part;
      },
    },
    () => at,
  );
  return {
    sink,
    pass(ms: number) {
      at += ms;
    },
    text: () => text,
  };
}

const step = (done: number) => ({ label: "vft", done, total: 300, unit: "steps", tokens: done * 100 });

test("a pipe gets plain lines, one in ten seconds, with rate and time left", () => {
  const { sink, pass, text } = watch(false);
  for (let done = 0; done <= 200; done += 10) {
    sink.update(step(done));
    pass(1_000);
  }
  expect(text()).toBe(
    "vft: 100/300 steps (33 %), 10 steps/s, 1,000 tokens/s, 20 s left\n" +
      "vft: 200/300 steps (66 %), 10 steps/s, 1,000 tokens/s, 10 s left\n",
  );
});

test("a terminal redraws one line and clears it at the end", () => {
  const { sink, pass, text } = watch(true);
  pass(200);
  sink.update(step(0));
  pass(1_000);
  sink.update(step(10));
  sink.end("vft");
  sink.note("done");
  expect(text()).toBe(
    "vft: 0/300 steps (0 %)" +
      "\r\x1b[Kvft: 10/300 steps (3 %), 10 steps/s, 1,000 tokens/s, 29 s left" +
      "\r\x1b[Kdone\n",
  );
});

test("live numbers that do not fit on the line get one below it, and both are redrawn and cleared", () => {
  const { sink, pass, text } = watch(true);
  pass(200);
  const detail = "loss 1.23 (VFT 0.900, group 0.330), s+ −0.310 s- −0.900 margin 0.590, gradient 1.20";
  sink.update({ ...step(0), detail });
  pass(1_000);
  sink.update({ ...step(10), detail: "loss 1.2" });
  pass(1_000);
  sink.update({ ...step(20), detail: `${detail}, and what no terminal shows` });
  sink.note("done");
  expect(text().split("\r\x1b[K")).toEqual([
    `vft: 0/300 steps (0 %)\n  ${detail}`,
    "\x1b[A\x1b[Kvft: 10/300 steps (3 %), 10 steps/s, 1,000 tokens/s, 29 s left, loss 1.2",
    `vft: 20/300 steps (6 %), 10 steps/s, 1,000 tokens/s, 28 s left\n${`  ${detail}, and what no terminal`.slice(0, 99)}`,
    "\x1b[A\x1b[Kdone\n",
  ]);
});

test("what is left of the whole stands beside what is left of the stage, no finer than it is known", () => {
  const whole = (secondsLeft: number) => ({ name: "run", secondsLeft });
  const rate = { perSecond: 10, tokensPerSecond: 0 };
  expect(progressLine({ ...step(100), whole: whole(203), detail: "loss 1.2" }, rate)).toBe(
    "vft: 100/300 steps (33 %), 10 steps/s, 20 s left, about 3 min 20 s of the whole run, loss 1.2",
  );
  expect(progressLine({ ...step(0), whole: whole(4000) })).toBe(
    "vft: 0/300 steps (0 %), about 1 h 10 min left of the whole run",
  );
  expect([1, 33, 94, 594, 1_790, 3_590, 36_100].map(roughly)).toEqual([
    "5 s",
    "35 s",
    "1 min 30 s",
    "9 min 50 s",
    "30 min",
    "1 h",
    "10 h",
  ]);
});

test("work that was there before does not count into the rate", () => {
  const { sink, pass, text } = watch(true);
  pass(200);
  sink.update({ ...step(200), from: 200, tokens: 0 });
  pass(2_000);
  sink.update({ ...step(210), from: 200, tokens: 1_000 });
  expect(text()).toContain("210/300 steps (70 %), 5.0 steps/s, 500 tokens/s, 18 s left");
});

test("work with nothing to do is no division by zero", () => {
  expect(progressLine({ label: "score", done: 0, total: 0, unit: "questions" })).toBe("score: 0 questions");
});

test("a total that is not known is not made up", () => {
  expect(progressLine({ label: "pip", done: 7, total: 0, unit: "packages", detail: "torch" })).toBe(
    "pip: 7 packages, torch",
  );
});

test("while nothing is known of the whole run its line says what is left of the stage", () => {
  const { sink, pass, text } = watch(true);
  const label = "vft seed 1";
  sink.stage?.({ label, at: 3, total: 18 });
  for (const done of [0, 10]) {
    sink.update({ ...step(done), label });
    pass(1_000);
  }
  expect(text().split("\r\x1b[K").at(-1)).toBe(
    "[ 3/18] vft seed 1, 10/300 steps (3 %), 29 s left of it, 10 steps/s, 1,000 tokens/s",
  );
});

test("of a run a terminal shows one line from its first stage to its last; what is done and a pipe's lines are not its own", () => {
  const { sink, pass, text } = watch(true);
  const place = { label: "align aft-dc seed 1", at: 9, total: 18 };
  const shown = () => text().split("\r\x1b[K").at(-1);
  sink.stage?.(place);
  expect(shown()).toBe("[ 9/18] align aft-dc seed 1");
  const update = (done: number) =>
    sink.update({
      ...step(done),
      label: place.label,
      detail: "loss 0.41",
      whole: { name: "run", secondsLeft: 203 },
    });
  pass(1_000);
  update(100);
  pass(1_000);
  update(120);
  const head = "[ 9/18] about 3 min 20 s left: align aft-dc seed 1";
  expect(shown()).toBe(`${head}, 120/300 steps (40 %), loss 0.41, 20 steps/s`);
  sink.end(place.label);
  sink.done?.("[ 9/18] align aft-dc seed 1: 20.0 s");
  sink.stage?.({ ...place, at: 10, label: "evaluate aft-dc seed 1", secondsLeft: 61 });
  expect(shown()).toBe("[10/18] about 1 min left: evaluate aft-dc seed 1");
  sink.note("a note that stays");
  expect(shown()).toBe("a note that stays\n[10/18] about 1 min left: evaluate aft-dc seed 1");
  sink.stage?.(undefined);
  expect(shown()).toBe("");
  expect(text()).not.toContain("20.0 s");

  const plain = watch(false);
  expect(plain.sink.stage).toBeUndefined();
  expect(plain.sink.done).toBeUndefined();
});

test("a long note is broken at words on a terminal, and left alone in a pipe", () => {
  const note = `warning: ${"eleven of twelve questions have no pair ".repeat(4)}`.trim();
  const terminal = watch(true);
  terminal.sink.note(note);
  const lines = terminal.text().trimEnd().split("\n");
  expect(lines.length).toBe(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(99);
  expect(lines[1]).toMatch(/^ {2}\S/);
  expect(lines.map((line) => line.trim()).join(" ")).toBe(note);
  const pipe = watch(false);
  pipe.sink.note(note);
  expect(pipe.text()).toBe(`${note}\n`);
});

test("what one stage warned of is not told again of the next", () => {
  for (const isTTY of [true, false]) {
    const { sink, text } = watch(isTTY);
    sink.note("align a: warning: no pairs");
    sink.note("align b: warning: no pairs");
    sink.note("align b: warning: the scores sink");
    sink.note("align b: no pairs");
    sink.note("align b: no pairs");
    expect(text().split("\n")).toEqual([
      "align a: warning: no pairs",
      "align b: warning: the scores sink",
      "align b: no pairs",
      "align b: no pairs",
      "",
    ]);
  }
});
