import { expect, test } from "vitest";
import { WorkerDied, WorkerFailure, WorkerLost } from "../../../../ts/bridge/index.ts";
import type { ProgressSink } from "../../../../ts/core/progress.ts";
import type { Limits } from "../../../../ts/experiment/worker/limits.ts";
import { Restarts } from "../../../../ts/experiment/worker/restarts.ts";

const killed = () => new WorkerDied({ code: null, signal: "SIGKILL", stderr: ["a line"] });
const hung = () => new WorkerLost("gave no sign of life for 120 s and was ended", { what: "it hung" });

/** Restarts whose notes and new workers are counted. */
function watched(signal = new AbortController().signal) {
  const notes: string[] = [];
  const progress: ProgressSink = { note: (text) => void notes.push(text), update() {}, end() {} };
  const limits: (Limits | undefined)[] = [];
  const workers = { replace: async (less?: Limits) => void limits.push(less) };
  const restarts = new Restarts(workers, progress, signal);
  return { notes, progress, restarts, limits, replaced: () => limits.length };
}

/** Work that is lost at each of these places in turn, and then comes to its end. */
function work(places: readonly [done: number, error: unknown][]) {
  const left = [...places];
  return async ({ update }: ProgressSink): Promise<string> => {
    const [done, error] = left.shift() ?? [9, undefined];
    update({ label: "vft", done, total: 9, unit: "steps" });
    if (error !== undefined) throw error;
    return "made";
  };
}

test("a worker that is lost is started again, each time with its reason on one line, and the run's end sums it up", async () => {
  const { notes, progress, restarts, replaced } = watched();
  const places: [number, unknown][] = [
    [3, killed()],
    [5, hung()],
  ];
  expect(await restarts.outlive("vft seed 1", progress, work(places))).toBe("made");
  restarts.summarize();
  expect(replaced()).toBe(2);
  const goesOn = "it is started again, and goes on from what is recorded";
  expect(notes).toEqual([
    `vft seed 1: the worker was killed by SIGKILL; ${goesOn} (restart 1 of at most 3 in a run)`,
    `vft seed 1: the worker gave no sign of life for 120 s and was ended; ${goesOn} (restart 2 of at most 3 in a run)`,
    "the worker was started again 2 times in this run: vft seed 1 (was killed by SIGKILL), vft seed 1 (gave no sign of life for 120 s and was ended)",
  ]);
});

test("lost again with nothing more done, the error stands", async () => {
  const { progress, restarts, replaced } = watched();
  const again = killed();
  const places: [number, unknown][] = [
    [3, killed()],
    [3, again],
  ];
  await expect(restarts.outlive("vft", progress, work(places))).rejects.toBe(again);
  expect(replaced()).toBe(1);
});

test("at most three times in a run, over all its stages", async () => {
  const { progress, restarts, replaced } = watched();
  const last = killed();
  const two: [number, unknown][] = [
    [1, killed()],
    [2, killed()],
  ];
  await restarts.outlive("vft", progress, work(two));
  await expect(restarts.outlive("align", progress, work([...two.slice(0, 1), [2, last]]))).rejects.toBe(last);
  expect(replaced()).toBe(3);
});

test("another error stands at once, and a worker that is lost after Ctrl-C is an interrupted run", async () => {
  const { notes, progress, restarts, replaced } = watched();
  const bad = new Error("the loss is not finite");
  await expect(restarts.outlive("vft", progress, work([[1, bad]]))).rejects.toBe(bad);
  const controller = new AbortController();
  const stopped = watched(controller.signal);
  controller.abort();
  const death = killed();
  const { reason } = controller.signal;
  await expect(stopped.restarts.outlive("vft", progress, work([[1, death]]))).rejects.toBe(reason);
  await expect(stopped.restarts.outlive("vft", progress, work([[1, bad]]))).rejects.toBe(bad);
  restarts.summarize();
  expect([notes, replaced(), stopped.replaced()]).toEqual([[], 0, 0]);
});

test("memory that runs out in a rank without which the others cannot go on: all begin anew with less, as often as it takes", async () => {
  const { notes, progress, restarts, limits } = watched();
  const full = (smaller?: number) =>
    new WorkerFailure("train/step", "OutOfMemory", -32004, "rank 1 on b: no room", {
      device: "cuda:1",
      ...(smaller === undefined ? {} : { smaller }),
    });
  const places: [number, unknown][] = [4000, 2000, 1000, 500].map((less) => [0, full(less)]);
  expect(await restarts.outlive("vft", progress, work(places))).toBe("made");
  expect(limits.map((one) => one?.["train/begin"])).toEqual([4000, 2000, 1000, 500]);
  expect(notes[0]).toBe(
    "vft: the worker, in train/step: rank 1 on b: no room; all ranks are started again, with 4000 at once, which changes no result",
  );
  const last = full();
  await expect(restarts.outlive("vft", progress, work([[0, last]]))).rejects.toBe(last);
});
