import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { kinds } from "../faults/kinds.ts";
import { planned, tried } from "../faults/run.ts";
import { type Base, makeBase } from "../faults/trial.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let base: Base;
beforeAll(async () => {
  base = await makeBase(join(await mkdtemp(join(tmpdir(), "aft-faults-")), "runs"));
});

/** A few of what `npm run test:faults` tries over a hundred of. */
describe("after a fault the same command comes to the same, or to one clear error", () => {
  test.each([
    ["SIGKILL, both", "align"],
    ["SIGSTOP then SIGKILL, worker", "sample"],
    ["one bit of a finished run", "report"],
    ["killed, then one bit of the unfinished work", "vft"],
    ["killed, then one bit of the unfinished work", "evaluate"],
    ["a limit of the size of files", "create"],
  ])("%s, in %s", async (name, stage) => {
    const kind = kinds.find((one) => one.name === name)!;
    const told = await tried({ id: 7, kind, stage }, base, 15);
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
