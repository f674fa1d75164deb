import { expect, test } from "vitest";
import { errorOf, load, withChange } from "./helpers.ts";

const withModel = (model: string) => withChange("model:\n  create: {}", `model:\n  create: {}\n${model}`);

test("an adapter has defaults, and is left out by default", async () => {
  const plain = (await load(withModel("  dtype: float32"))).experiment.model;
  expect([plain.adapter, plain.gradientCheckpointing]).toEqual([undefined, false]);
  const { adapter } = (await load(withModel("  adapter: {}"))).experiment.model;
  expect(adapter).toEqual({ rank: 16, alpha: 32, dropout: 0 });
});

test("mistakes in it are told with their line", async () => {
  expect(await errorOf(withModel("  adapter: {rnak: 4}"))).toBe(
    'main.yaml:4:13: unknown key "rnak" in model.adapter\n  found: 4\n  expected: one of rank, alpha, dropout, targets\n  did you mean: rank',
  );
  expect(await errorOf(withModel("  adapter: {dropout: 1}"))).toContain("model.adapter.dropout");
  expect(await errorOf(withModel("  adapter: {targets: []}"))).toContain("model.adapter.targets");
});
