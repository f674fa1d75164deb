import { resolve } from "node:path";
import { expect, it } from "vitest";
import { errorOf, load } from "./helpers.ts";

const recipe = (model: string, task: string) => ({
  "main.yaml": `extends: ${resolve("experiments/paper/gsm8k-llama2-7b.yaml")}\nname: mine\nmodel: ${model}\ntask: ${task}\n`,
});

it("four lines are the paper's recipe with another model and another task", async () => {
  const { experiment, warnings } = await load(recipe("Qwen/Qwen2.5-7B", "aqua"));
  expect(warnings).toEqual([]);
  expect(experiment).toMatchObject({
    name: "mine",
    model: { hub: "Qwen/Qwen2.5-7B", dtype: "bfloat16", gradientCheckpointing: true },
    tasks: [{ task: "aqua" }],
    stages: { sample: { k: 6, temperature: 1 }, vft: { batchSize: 128, learningRate: 2e-5 } },
    seeds: [1, 2, 3],
  });
  expect(experiment.model.path).toBeUndefined();
  expect(Object.keys(experiment.methods)).toEqual(["vft-kept", "vft-continued", "aft-dc", "aft-bc"]);
});

it("a folder takes the place of the hub id", async () => {
  const files = { ...recipe("./my-model", "gsm8k"), "my-model/config.json": "{}" };
  const { experiment } = await load(files);
  expect(experiment.model.path).toMatch(/\/my-model$/);
  expect(experiment.model.hub).toBeUndefined();
  expect(await errorOf(recipe("./my-modle", "gsm8k"))).toContain("model.path: no such folder");
});
