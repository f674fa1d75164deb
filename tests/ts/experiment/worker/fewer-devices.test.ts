import { expect, test } from "vitest";
import { tooFew } from "../../../../ts/experiment/worker/fewer-devices.ts";

const machine = (...names: string[]) => ({
  devices: names.map((name) => ({ name, description: "", freeBytes: 1, totalBytes: 1, dtypes: [] })),
});

test("more devices than there are: what was found, and what to write", () => {
  const two = machine("cpu", "cuda:0", "cuda:1");
  expect(tooFew(two, 8, "auto")).toEqual({
    what: "worker.devices is 8, and this machine has 2 GPUs",
    found: "cuda:0, cuda:1",
    fix: "worker.devices: 2, or run it on a machine that has more",
  });
  expect(tooFew(two, 2, "cuda")).toBeUndefined();
  expect(tooFew(machine("cpu"), 8, "cuda")?.what).toBe("worker.devices is 8, and this machine has no GPU");
  // processes of a CPU, for trying things out
  expect(tooFew(machine("cpu"), 8, "auto")).toBeUndefined();
});
