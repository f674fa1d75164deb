import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { defined } from "../../ts/core/defined.ts";
import { kinds } from "../faults/kinds.ts";
import { planned, tried } from "../faults/run.ts";
import { type Base, makeBase } from "../faults/trial.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let base: Base;
beforeAll(async () => {
  base = await makeBase(join(await mkdtemp(join(tmpdir(), "aft-faults-")), "runs"));
});

/** A few of what `npm run test:faults` tries over a hundred of at random moments, at moments that are the same everywhere. */
describe("after a fault the same command comes to the same, or to one clear error", () => {
  test.each([
    ["SIGKILL, both", "align", "train/step 3 waits"],
    ["SIGSTOP then SIGKILL, worker", "sample", "generate 1 tells"],
    ["one bit of a finished run", "report"],
    ["killed, then one bit of the unfinished work", "vft", "train/step 26 waits"],
    ["killed, then one bit of the unfinished work", "evaluate", "generate 1 tells"],
    ["a limit of the size of files", "create"],
  ])("%s, in %s", async (name, stage, moment = undefined) => {
    const kind = kinds.find((one) => one.name === name)!;
    const told = await tried({ id: 7, kind, stage, ...defined({ moment }) }, base, 15);
    expect(told, told.detail).toMatchObject({ outcome: expect.stringMatching(/identical|one clear error/) });
  });
});

test("the faults are of all kinds and over all stages, and where nothing can be mounted those are left out", () => {
  const all = planned(120, 15, true);
  expect(all.length).toBeGreaterThanOrEqual(100);
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(kinds));
  expect(new Set(all.map(({ stage }) => stage))).toEqual(new Set([...base.stages.keys(), "report"]));
  const unmounted = planned(120, 15, false).map(({ kind }) => kind);
  expect(new Set(unmounted)).toEqual(new Set(kinds.filter(({ mounts }) => !mounts)));
});
