import { expect, test } from "vitest";
import { adapterSchema } from "../../../../ts/config/index.ts";
import {
  type Cluster,
  planCluster,
  rateBetween,
  settingsOf,
  stepOf,
  tooLittle,
} from "../../../../ts/experiment/estimate/cluster.ts";
import { clusterTable } from "../../../../ts/experiment/estimate/cluster-table.ts";
import { deviceKind, deviceKinds } from "../../../../ts/experiment/estimate/device-kinds.ts";
import { trainingMemory } from "../../../../ts/experiment/estimate/memory.ts";
import { evenness } from "../../../../ts/experiment/estimate/pace.ts";
import { rankMemory } from "../../../../ts/experiment/estimate/rank-memory.ts";
import { shapeOfCreated } from "../../../../ts/experiment/estimate/shape.ts";
import type { Work } from "../../../../ts/experiment/estimate/stage.ts";
import { cases, setup, sevenBillion, shapeOfCase } from "./sizes.ts";

/** LLaMA-2 70B, by its published sizes. */
const seventyBillion = shapeOfCreated(
  {
    architecture: "llama",
    hiddenSize: 8192,
    intermediateSize: 28_672,
    layers: 80,
    heads: 64,
    keyValueHeads: 8,
    maxPositions: 4096,
    tieEmbeddings: false,
    initStd: 0.02,
    tokenizer: { kind: "bpe", bos: true },
  },
  32_000,
);
const large = setup({ shape: seventyBillion, gradientCheckpointing: true });

const trained = {
  tokens: 1e7,
  perStep: 262_144,
  questions: 128,
  responses: 7,
  lengthGrouped: false,
  steps: 40,
  savesStates: true,
};
const vft: Work = { key: "vft", label: "vft seed 1", trained };
const sample: Work = {
  key: "sample",
  label: "sample seed 1",
  sampled: [
    {
      prompts: 1000,
      k: 6,
      promptTokens: { mean: 80, longest: 200 },
      responseTokens: 120,
      maxNewTokens: 512,
    },
  ],
};
const of = (name: string, devices: number, nodes = 1): Cluster => ({
  kind: deviceKind(name, "--device"),
  devices,
  nodes,
});

test("70 B has its published number of weights", () => {
  expect(seventyBillion.parameters).toBe(68_976_648_192);
});

test("data parallel: each device holds all of it", () => {
  const memory = rankMemory(setup(), trained, "none", 8);
  expect(memory).toEqual(trainingMemory(setup(), 16_384));
});

test("FSDP: a part of what lasts, and whole what is at work: two blocks, the tables, a unit's gradients", () => {
  const memory = rankMemory(setup(), trained, "fsdp", 4);
  const tables = 2 * 32_000 * 4096;
  const block = (sevenBillion.parameters - tables) / 32;
  expect(memory).toMatchObject({ masters: 0, moments: 2 * sevenBillion.parameters });
  expect(memory.weights).toBeCloseTo(sevenBillion.parameters + 2 * (2 * block + tables), -1);
  expect(memory.gradients).toBeCloseTo(sevenBillion.parameters + 6 * tables, -1);
});

test.each(cases)("a rank's part is what it holds: $name", (golden) => {
  const { dtype, ofTwoRanks } = golden;
  const shape = shapeOfCase(golden);
  const adapter = golden.adapter === null ? undefined : adapterSchema.parse(golden.adapter);
  const chosen = setup({ shape, dtype, adapter });
  const { weights, masters, moments } = rankMemory(chosen, trained, "fsdp", 2);
  const tables = shape.embeddingParameters * (shape.tied ? 1 : 2);
  const block = (shape.parameters - tables) / shape.layers;
  const gathered = (dtype === "float32" ? 4 : 2) * (2 * block + tables);
  expect({ weights: weights - gathered, masters, moments }).toEqual(ofTwoRanks);
});

test("a micro-batch is no longer than a device's part of a step", () => {
  const few = { ...trained, perStep: 8 * 1000 };
  expect(rankMemory(setup(), few, "none", 8).activations).toBe(trainingMemory(setup(), 1000).activations);
});

test("data parallel waits for its gradients once a step, there and back", () => {
  const cluster = of("h100", 4);
  const bytes = (2 * 4 * sevenBillion.parameters * 3) / 4;
  expect(stepOf(setup(), trained, "none", cluster).waiting).toBeCloseTo(bytes / (0.8 * 450e9), 9);
  // Over two machines at the rate of their network.
  expect(rateBetween(of("h100", 2, 2))).toBe(0.8 * 50e9);
  expect(rateBetween(of("l40s", 2))).toBe(0.8 * 25e9);
});

test("FSDP sends weights twice and gradients once in each micro-batch, and waits where that takes longer than computing", () => {
  const slow = of("l40s", 8);
  const { seconds, waiting } = stepOf(setup(), trained, "fsdp", slow);
  // 262,144 tokens over 8 devices are two micro-batches of 16,384.
  const sent = 2 * (2 * 2 + 4) * sevenBillion.parameters * (7 / 8);
  const computing = (32_768 * 6 * (sevenBillion.parameters - 32_000 * 4096)) / (0.4 * 362e12) / (0.9 * 0.95);
  expect(seconds).toBeCloseTo(Math.max(sent / (0.8 * 25e9), computing), 6);
  expect(waiting).toBeCloseTo(Math.max(0, sent / (0.8 * 25e9) - computing), 6);
});

test("within a machine as published: 7 B under FSDP on H200 keeps 0.89 of its speed on 2 and 0.93 on 4", () => {
  const step = (devices: number) => ({ ...trained, perStep: devices * 65_536 });
  const recomputed = setup({ gradientCheckpointing: true });
  // Their sequences are of one length, so that no rank waits for a longer one.
  const secondsOn = (devices: number, sharding: "none" | "fsdp"): number =>
    stepOf(recomputed, step(devices), sharding, of("h200", devices)).seconds;
  const on = (devices: number): number => secondsOn(1, "none") / secondsOn(devices, "fsdp") / evenness;
  expect(Math.abs(on(2) - 18_728 / (2 * 10_471))).toBeLessThan(0.05);
  expect(Math.abs(on(4) - 38_983 / (4 * 10_471))).toBeLessThan(0.05);
});

test("70 B on one machine of H100 is an adapter's; all weights take two machines of H200", () => {
  const one = planCluster(large, [vft, sample], of("h100", 8));
  expect(one.chosen).toMatchObject({
    sharding: "fsdp",
    adapter: true,
    changes: ["model.adapter: {} (LoRA)"],
  });
  const two = planCluster(large, [vft, sample], of("h200", 8, 2));
  expect(two.chosen).toMatchObject({ sharding: "fsdp", adapter: false, changes: [] });
  expect(two.sampling).toMatchObject({ devicesPerCopy: 2, copies: 8, fits: true });
  expect(settingsOf(two)).toEqual([
    "worker: { device: cuda, devices: 8, nodes: 2, sharding: fsdp }",
    "worker.vllm: { tensorParallel: 2, dataParallel: 4 }",
  ]);
  expect(clusterTable(two, "a model")).toContain("FSDP, gradient checkpointing");
  // one process reads 2 bytes a weight for all 16
  expect(clusterTable(two, "a model")).toContain(
    "main memory of the first machine: 138 GB while one process reads the weights",
  );
});

test("what fits as it is written is taken as it is", () => {
  const plan = planCluster(setup({ gradientCheckpointing: true }), [vft, sample], of("h200", 8));
  expect(plan.chosen).toMatchObject({ sharding: "none", changes: [] });
  expect(plan.sampling).toMatchObject({ devicesPerCopy: 1, copies: 8 });
  expect(clusterTable(plan, "a model")).toMatch(/\nmain memory: \d+ GB while 8 processes read the weights\n/);
});

test("one device has no way over several", () => {
  const plan = planCluster(setup(), [vft], of("h200", 1));
  expect(plan.ways.map(({ sharding }) => sharding)).not.toContain("fsdp");
  expect(clusterTable(plan, "a model")).toContain("  one device");
  expect(plan.sampling).toBeUndefined();
});

test("where nothing fits, that is said", () => {
  const plan = planCluster(large, [vft, sample], of("rtx4090", 2));
  expect(plan.chosen).toBeUndefined();
  expect(tooLittle(plan)).toMatch(
    /^no way of training fits in the 24 GB of a rtx4090: the least takes \d+ GB; take more devices/,
  );
  expect(clusterTable(plan, "a model")).toContain("one machine's 2 devices do not hold the model");
});

test("more devices never take more memory each", () => {
  for (const { name } of deviceKinds)
    for (const sharding of ["none", "fsdp"] as const) {
      const plans = [1, 2, 4, 8].map((devices) => of(name, devices));
      const bytes = plans.map((cluster) => rankMemory(setup(), trained, sharding, cluster.devices).moments);
      expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
    }
});

test("a kind that is not known is told with those that are", () => {
  expect(() => deviceKind("h10", "--device")).toThrow(
    /^--device: no such kind of device is known\n {2}found: "h10"\n {2}expected: one of a10g, .*\n {2}did you mean: h100$/,
  );
});
