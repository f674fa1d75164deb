import { adapterSchema } from "../../../../ts/config/index.ts";
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
