/** Models and tokenizers: made, loaded, looked into, saved. */
import { z } from "zod";
import { vocabularySize } from "../../config/index.ts";
import { count, device, dtype, handle, method, nothing, path, positive } from "../messages.ts";

const attention = z.enum(["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]);
/** What the worker makes from scratch; `architectures.py` says what each has. */
const architecture = z
  .enum(["llama", "qwen", "mistral", "gemma", "gemma3"])
  .meta({ description: "qwen: Qwen 3; gemma: Gemma 2; gemma3: Gemma 3, texts only" });

const softcap = z.number().positive().optional();

const adapterSettings = z
  .object({
    rank: positive,
    alpha: z
      .number()
      .positive()
      .meta({ description: "the product of the two matrices counts alpha / rank times" }),
    dropout: z.number().min(0).lt(1).meta({ description: "of what goes into the adapter, while training" }),
    targets: z.array(z.string().min(1)).min(1).optional().meta({
      description:
        "linear layers or experts' tensors (experts.down_proj) by name; left out: all layers but routers",
    }),
  })
  .meta({ id: "AdapterSettings", type: "object", description: "LoRA, arXiv 2106.09685" });

const adapterInfo = z
  .object({
    rank: positive.meta({ description: "inner width of its two matrices" }),
    alpha: z.number().meta({ description: "the product of the two matrices counts alpha / rank times" }),
    dropout: z.number().meta({ description: "of what goes into the adapter, while training" }),
    targets: z
      .array(z.string())
      .meta({ description: "names of the layers, and of the tensors of experts, that have one" }),
    parameters: count.meta({ description: "of the adapter alone: those that are trained" }),
    base: z.string().meta({ description: "digest of the base model's weights" }),
  })
  .meta({ id: "AdapterInfo", type: "object" });

export const modelInfo = z
  .object({
    model: handle,
    parameters: count.meta({ description: "of the whole model" }),
    vocabularySize: positive.meta({ description: "rows of the output embedding" }),
    maxPositions: count.meta({ description: "longest prompt + response; 0 when the model states no limit" }),
    dtype: z.string().meta({ description: "of the weights in memory" }),
    device: z.string().meta({ description: "where it lies: cpu, cuda:0, ..." }),
    digest: z
      .string()
      .meta({ description: "SHA-256 over the names, shapes, types and bytes of all weights" }),
    tokenizerDigest: z.string().meta({ description: "SHA-256 of the tokenizer" }),
    adapter: adapterInfo.optional().meta({ description: "where one is trained beside the weights" }),
    note: z
      .string()
      .optional()
      .meta({ description: "how and why it is scored otherwise than the fastest way, as exactly" }),
  })
  .meta({ id: "ModelInfo", type: "object" });

const linearLayer = z
  .object({
    name: z.string(),
    count: positive,
    inputs: positive,
    outputs: positive,
    namedAlone: z.boolean().optional().meta({
      description: "routers, and tensors of experts: in an adapter only where its targets name it",
    }),
  })
  .meta({
    id: "LinearLayer",
    type: "object",
    description: "so many layers, or experts, of one name and size",
  });

/** Sizes of a model whose weights were not read. */
export const modelShape = z
  .object({
    parameters: count,
    embeddingParameters: count.meta({ description: "of the input embedding, which only looks rows up" }),
    tied: z.boolean().meta({ description: "the head is the input embedding" }),
    layers: positive,
    hiddenSize: positive,
    intermediateSize: count,
    vocabularySize: positive,
    heads: positive,
    keyValueHeads: positive,
    headSize: positive,
    maxPositions: count.meta({ description: "longest prompt + response; 0 when the model states no limit" }),
    dtype: z.string().meta({ description: "in which the weights are stored" }),
    linearLayers: z.array(linearLayer).meta({ description: "those of the blocks" }),
  })
  .meta({ id: "ModelShape", type: "object" });

/** What a GGUF file holds of one type. */
const ggufTensors = z
  .object({
    type: z.string().meta({ description: "GGUF's name: Q4_1, F32, ..." }),
    tensors: positive,
    values: positive,
    bytes: positive.meta({ description: "that they take in the file, scales and all" }),
  })
  .meta({ id: "GgufTensors", type: "object" });

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
