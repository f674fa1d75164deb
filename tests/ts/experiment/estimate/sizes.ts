import { readFileSync } from "node:fs";
import { join } from "node:path";
import { adapterSchema } from "../../../../ts/config/index.ts";
import { createdModelSchema } from "../../../../ts/config/schema/model.ts";
import { projectRoot } from "../../../../ts/core/project.ts";
import type { Setup } from "../../../../ts/experiment/estimate/memory.ts";
import { type ModelShape, shapeOfCreated } from "../../../../ts/experiment/estimate/shape.ts";

/** LLaMA-2 7B, by its published sizes. */
export const sevenBillion: ModelShape = shapeOfCreated(
  {
    architecture: "llama",
    hiddenSize: 4096,
    intermediateSize: 11_008,
    layers: 32,
    heads: 32,
    maxPositions: 4096,
    tieEmbeddings: false,
    initStd: 0.02,
    tokenizer: { kind: "bpe", bos: true },
  },
  32_000,
);

export const setup = (settings: Partial<Setup> = {}): Setup => ({
  shape: sevenBillion,
  dtype: "bfloat16",
  gradientCheckpointing: false,
  maxTokensPerBatch: 16_384,
  accelerator: true,
  freeBytes: 80e9,
  ...settings,
});

export const lora = adapterSchema.parse({});

interface Case {
  vocabularySize: number;
  tied: boolean;
  dtype: "float32" | "bfloat16";
  adapter: object | null;
  /** Of a model that two ranks share out: what each holds. */
  ofTwoRanks: { weights: number; masters: number; moments: number };
  [size: string]: unknown;
}

/** What the worker really holds: tests/py/train/test_training_memory.py counts the tensors of the same cases. */
export const cases: Case[] = JSON.parse(
  readFileSync(join(projectRoot, "tests/golden/memory/cases.json"), "utf8"),
);

/** Its shape. */
export function shapeOfCase({ vocabularySize, tied, ...sizes }: Case): ModelShape {
  const { hiddenSize, intermediateSize, layers, heads, keyValueHeads } = sizes;
  const created = createdModelSchema.parse({
    ...{ hiddenSize, intermediateSize, layers, heads, keyValueHeads },
    tieEmbeddings: tied,
  });
  return shapeOfCreated(created, vocabularySize);
}
