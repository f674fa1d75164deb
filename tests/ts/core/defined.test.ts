import { expect, expectTypeOf, test } from "vitest";
import { defined } from "../../../ts/core/defined.ts";

test("undefined values go, all others stay, in their order", () => {
  const kept = defined({ z: 0, gone: undefined, a: null, empty: "", no: false });
  expect(Object.entries(kept)).toEqual([
    ["z", 0],
    ["a", null],
    ["empty", ""],
    ["no", false],
  ]);
  expect("gone" in kept).toBe(false);
});

test("a value that may be undefined becomes an optional key, which exact types take", () => {
  const task = undefined as string | undefined;
  const node: { stage: string; task?: string } = { stage: "vft", ...defined({ task }) };
  expect(node).toEqual({ stage: "vft" });
  expectTypeOf(defined({ stage: "vft", task })).toExtend<{ stage: string; task?: string }>();
});
