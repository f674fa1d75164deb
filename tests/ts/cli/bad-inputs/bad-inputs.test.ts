import { beforeAll, expect, test } from "vitest";
import { blockOf, blocks, cases } from "./all.ts";
import { toldOf } from "./told.ts";

const told = blocks();

// The first call loads the command's sources, for which a busy machine takes longer than a test may.
beforeAll(() => toldOf(cases[0]!), 300_000);

test("every case has a name of its own and its text in errors.txt, and there is none too many", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(80);
  expect([...told.keys()].filter((name) => name !== "")).toEqual(names);
});

// Written anew by write.ts beside this file, and read before it is committed.
test.each(cases.map((one) => [one.name, one] as const))("%s", async (name, one) => {
  const found = await toldOf(one);
  expect(blockOf(one, found).trimEnd()).toBe(told.get(name));
  expect([1, 2]).toContain(found.exitCode);
  expect(found.stderr).not.toMatch(/ at .*:\d+:\d+|this is a bug/);
});
