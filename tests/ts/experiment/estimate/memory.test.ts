import { expect, test } from "vitest";
import { adapterSchema } from "../../../../ts/config/index.ts";
import {
  blockActivations,
  cacheBytes,
  type Setup,
  samplingMemory,
  total,
  trainingMemory,
  trainingState,
} from "../../../../ts/experiment/estimate/memory.ts";
import { adaptedLayers, adapterParameters } from "../../../../ts/experiment/estimate/shape.ts";
import { cases, lora, setup, sevenBillion, shapeOfCase } from "./sizes.ts";

test.each(cases)("$name: what lies there while it trains is counted exactly", (golden) => {
  const { dtype, adapter } = golden;
  const shape = shapeOfCase(golden);
  expect(shape.parameters).toBe(golden.parameters);
  const own: Setup = setup({
    shape,
    dtype,
    adapter: adapter === null ? undefined : adapterSchema.parse(adapter),
  });
  const { weights, gradients, masters, moments } = golden;
  expect(trainingState(own)).toEqual({ weights, gradients, masters, moments });
  if (golden.activationsPerTokenAndBlock !== undefined)
    expect(blockActivations(own)).toBe(golden.activationsPerTokenAndBlock);
});

test("LLaMA-2 7B takes 18 bytes a parameter, 121 GB, before activations", () => {
  expect(sevenBillion.parameters).toBe(6_738_415_616);
  const held = Object.values(trainingState(setup())).reduce((sum, bytes) => sum + bytes, 0);
  expect(held / sevenBillion.parameters).toBe(18);
  expect(held).toBeCloseTo(121.3e9, -8);
});

test("an H200 holds it with gradient checkpointing alone, an H100 with an adapter", () => {
  // Free bytes as the devices report them: 139.8 and 79.1 GiB.
  const [h200, h100] = [139.8 * 2 ** 30, 79.1 * 2 ** 30];
  const height = (settings: Partial<Setup>) => total(trainingMemory(setup(settings), 16_384));
  expect(height({})).toBeGreaterThan(h200);
  expect(height({ gradientCheckpointing: true })).toBeLessThan(h200);
  expect(height({ gradientCheckpointing: true })).toBeGreaterThan(h100);
  expect(height({ gradientCheckpointing: true, adapter: lora })).toBeLessThan(h100);
});

test("an adapter of rank 16 on all linear layers of LLaMA-2 7B has 40 million parameters", () => {
  // 32 blocks x 16 x (4 x (4096 + 4096) + 3 x (4096 + 11008))
  expect(adapterParameters(sevenBillion, lora)).toBe(32 * 16 * (4 * 8192 + 3 * 15_104));
  expect(adapterParameters(sevenBillion, { ...lora, targets: ["q_proj"] })).toBe(32 * 16 * 8192);
});

test("checkpointing keeps each block's input and one block's activations", () => {
  const [plain, recomputed] = [false, true].map(
    (gradientCheckpointing) => trainingMemory(setup({ gradientCheckpointing }), 1000).activations,
  );
  const block = blockActivations(setup());
  expect(plain! - recomputed!).toBe(1000 * (31 * block - 32 * 2 * 4096));
});

test("a method that goes by its starting weights holds the trained ones twice: of an adapter it alone", () => {
  expect(trainingMemory(setup(), 1000).start).toBe(0);
  expect(trainingMemory(setup(), 1000, true).start).toBe(2 * sevenBillion.parameters);
  expect(trainingMemory(setup({ adapter: lora }), 1000, true).start).toBe(
    4 * adapterParameters(sevenBillion, lora),
  );
});

test("keys and values of 7B take half a megabyte a token", () => {
  expect(cacheBytes(setup())).toBe(2 * 32 * 4096 * 2);
  const memory = samplingMemory(setup(), 1000, 10);
  expect(memory.cache).toBe(1000 * 524_288);
  expect(memory.gradients + memory.masters + memory.moments).toBe(0);
});

test("a router and the tensors of experts are counted where targets name them", () => {
  const layer = { count: 2, inputs: 8, outputs: 8 };
  const named = { ...layer, namedAlone: true };
  const linearLayers = [
    { ...layer, name: "q_proj" },
    { ...named, name: "shared_expert_gate" },
    { ...named, name: "experts.down_proj", count: 16 },
  ];
  const shape = { ...sevenBillion, linearLayers };
  const of = (targets?: string[]) => ({ ...adapterSchema.parse({ rank: 2 }), ...(targets && { targets }) });
  expect(adaptedLayers(shape, of()).map(({ name }) => name)).toEqual(["q_proj"]);
  expect(adapterParameters(shape, of())).toBe(2 * 2 * 16);
  expect(adapterParameters(shape, of(["q_proj", "experts.down_proj"]))).toBe(2 * 18 * 16);
});
