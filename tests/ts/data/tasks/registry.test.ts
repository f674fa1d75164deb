import { expect, it } from "vitest";
import { taskNamed, taskNames } from "../../../../ts/data/index.ts";

it("finds a task by its name", () => {
  expect(taskNames()).toEqual(["arithmetic", "gsm8k", "aqua", "ecqa", "gsm8k-rank", "mmlu", "custom"]);
  expect(taskNames().map((name) => taskNamed(name).name)).toEqual(taskNames());
});

it("names the nearest task when there is none of the name", () => {
  expect(() => taskNamed("gsm8")).toThrow(
    'unknown task\n  found: "gsm8"\n  expected: one of arithmetic, gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom\n  did you mean: gsm8k',
  );
  expect(() => taskNamed("arithmetics", "a.yaml:3:7")).toThrow(
    'a.yaml:3:7: unknown task\n  found: "arithmetics"\n  expected: one of arithmetic, gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom\n  did you mean: arithmetic',
  );
});
