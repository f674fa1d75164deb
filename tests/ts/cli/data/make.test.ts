import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft, temporaryFolder } from "../../../e2e/aft.ts";

test("`aft data make` takes the task's settings", async () => {
  const out = join(await temporaryFolder(), "questions.jsonl");
  const made = await aft(
    ["data", "make", "arithmetic", "--count", "5", "--out", out].concat([
      "--set",
      "items=[4, 4]",
      "--seed",
      "7",
    ]),
  );
  expect(made).toMatchObject({ exitCode: 0, stdout: `5 questions written: ${out}` });
  const rows = (await readFile(out, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map(({ problem }) => problem.items.length)).toEqual([4, 4, 4, 4, 4]);
});

test("a setting that the task does not have is named with the nearest, and nothing is written", async () => {
  const out = join(await temporaryFolder(), "questions.jsonl");
  const made = await aft(["data", "make", "arithmetic", "--out", out, "--set", "itms=[4, 4]"]);
  expect(made.exitCode).toBe(2);
  expect(made.stderr).toBe(
    [
      "--set: unknown field itms",
      "  found: [4,4]",
      "  expected: one of items, multiplier, amount, maxTotal, operations, form, wording, repeats",
      "  did you mean: items",
    ].join("\n"),
  );
  await expect(readFile(out)).rejects.toThrow("ENOENT");
});
