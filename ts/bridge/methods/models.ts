/** Models and tokenizers: made, loaded, looked into, saved. */
import { z } from "zod";
import { vocabularySize } from "../../config/index.ts";
import {
  adapterSettings,
  architecture,
  attention,
  count,
  device,
  dtype,
  ggufTensors,
  handle,
  method,
  modelInfo,
  modelShape,
  nothing,
  path,
  positive,
  softcap,
} from "../messages.ts";

export const modelMethods = {
  "tokenizer/train": method({
    description: "trains a tokenizer on texts and writes it to a folder",
    params: z.object({
      kind: z.enum(["words", "bpe", "sentencepiece"]).meta({
        description: "words: each word of the texts; bpe: over bytes, as Qwen's; sentencepiece: as Llama 2's",
      }),
      texts: z.array(z.string()).min(1),
      vocabularySize: vocabularySize.optional().meta({ description: "not with words" }),
      bos: z
        .boolean()
        .optional()
        .meta({ description: "false: a text begins with no <s>, as Qwen's; else it does" }),
      chatTemplate: z.string().optional().meta({ description: "Jinja, as in tokenizer_config.json" }),
      directory: path,
    }),
    result: z.object({ vocabularySize: positive, digest: z.string() }),
  }),
  "model/create": method({
    description: "makes a model from scratch, with random weights",
    params: z.object({
      architecture,
      hiddenSize: positive,
      intermediateSize: positive,
      layers: positive,
      heads: positive,
      keyValueHeads: positive.optional(),
      headDim: positive.optional().meta({ description: "width of a head; hiddenSize / heads when left out" }),
      slidingWindow: positive.optional().meta({
        description:
          "all architectures but llama: tokens that a layer sees, itself included; left out: no window that binds",
      }),
      logitSoftcap: softcap.meta({ description: "gemma only: c * tanh(logits / c); 30 when left out" }),
      attentionSoftcap: softcap.meta({ description: "gemma only: the same of attention; 50 when left out" }),
      maxPositions: positive,
      tieEmbeddings: z.boolean(),
      initStd: z.number().positive().max(1),
      tokenizer: path,
      seed: z.int(),
      dtype,
      device,
      attention,
    }),
    result: modelInfo,
  }),
  "model/load": method({
    description: "loads a model from a folder or the hub",
    params: z.object({
      source: z.string().min(1).meta({
        description:
          "a folder in Hugging Face format, or a hub id; a folder that holds an adapter gives its base with it",
      }),
      revision: z.string().optional(),
      dtype,
      device,
      attention,
      adapter: adapterSettings
        .optional()
        .meta({ description: "to be trained in place of the weights; fresh, where the source has none" }),
      adapterSeed: z.int().optional().meta({ description: "of a fresh adapter; 0 when left out" }),
      gradientCheckpointing: z
        .boolean()
        .optional()
        .meta({ description: "compute a block's activations again when they are needed; changes no result" }),
      sharding: z.enum(["auto", "none", "fsdp"]).optional().meta({
        description:
          "of several ranks: fsdp shares out the weights, auto where a device cannot hold them; else none",
      }),
      trained: z.boolean().optional().meta({
        description: "for auto: the device must hold what training takes, too",
      }),
      sketchLayers: positive.optional().meta({
        description: "to measure with: random weights in so many of its layers; its own are not read",
      }),
    }),
    result: modelInfo,
  }),
  "model/merge": method({
    description: "writes a model with its adapter merged into the weights",
    params: z.object({
      source: path.meta({ description: "a folder that holds an adapter" }),
      directory: path,
    }),
    result: z.object({ files: z.array(z.string()), dtype: z.string() }),
  }),
  "model/convert": method({
    description: "writes the model of a GGUF file in Hugging Face format, every weight as float32",
    params: z.object({ source: path.meta({ description: "a GGUF file" }), directory: path }),
    result: z.object({
      files: z.array(z.string()),
      architecture: z.string(),
      parameters: count,
      vocabularySize: positive,
      dtype: z.string(),
      digest: z.string(),
      tokenizerDigest: z.string(),
      tensors: z.array(ggufTensors).meta({ description: "what the file holds; that of most values first" }),
      chatTemplate: z.boolean().meta({ description: "the file has one; the folder has it too" }),
      eos: z.array(z.string()).meta({ description: "the tokens that end a response" }),
    }),
  }),
  "model/save": method({
    description: "writes a model to a folder in Hugging Face format",
    params: z.object({ model: handle, directory: path }),
    result: z.object({ digest: z.string(), files: z.array(z.string()) }),
  }),
  "model/inspect": method({
    description: "sizes of a model whose weights are not read",
    params: z.object({
      source: z.string().min(1).meta({ description: "a folder in Hugging Face format, or a hub id" }),
      revision: z.string().optional(),
      adapter: adapterSettings
        .optional()
        .meta({ description: "that the model is to have: refused if it cannot" }),
    }),
    result: modelShape,
  }),
  "tokens/count": method({
    description: "counts the tokens of texts",
    params: z.object({
      source: z.string().min(1),
      revision: z.string().optional(),
      texts: z.array(z.string()),
    }),
    result: z.object({
      counts: z.array(count).meta({ description: "tokens of each text, without BOS and EOS" }),
    }),
  }),
  "model/digest": method({
    description: "works out the digest of a model's weights as they are now",
    params: z.object({ model: handle }),
    result: z.object({ digest: z.string() }),
  }),
  "model/unload": method({
    description: "frees the memory of a model",
    params: z.object({ model: handle }),
    result: nothing,
  }),
};
