/**
 * What the bridge's messages are made of: named records and the few scalar kinds. Which method carries what is
 * said in `methods/`; a name given with `.meta({ id })` is the name of the worker's struct.
 */
import { z } from "zod";
import { lossSchema } from "../config/index.ts";

/** A float that may not be finite: JSON has no NaN, and writing null for it would hide a broken run. */
export const nonFinite = z
  .object({
    finite: z.literal(false).meta({ description: "what tells it from a number" }),
    value: z.enum(["nan", "inf", "-inf"]).meta({ description: "which of them it is" }),
  })
  .meta({ id: "NonFinite", type: "object" });
export const real = z.union([z.number(), nonFinite]);

export const handle = z.string().min(1).meta({ description: "a name the worker gave to something it holds" });
export const count = z.int().min(0);
/** Of no size that is more than this: what libraries below do with a larger one is to end the process. */
const largest = 2 ** 31 - 1;
export const positive = z.int().min(1).max(largest);
export const path = z
  .string()
  .regex(/^[^\0]{1,4096}$/)
  .meta({ description: "an absolute path on the worker's machine" });
export const dtype = z.enum(["auto", "float32", "bfloat16", "float16"]);
export const device = z.string().min(1).meta({ description: "auto, cpu, cuda, cuda:N or mps" });
export const attention = z.enum(["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]);
/** What the worker makes from scratch; `architectures.py` says what each has. */
export const architecture = z
  .enum(["llama", "qwen", "mistral", "gemma", "gemma3"])
  .meta({ description: "qwen: Qwen 3; gemma: Gemma 2; gemma3: Gemma 3, texts only" });
export const softcap = z.number().positive().optional();
export const maxTokensPerBatch = positive.meta({
  description: "tokens (padding included) of one micro-batch; bounds memory, never changes a result",
});

export const progressCount = z
  .object({
    done: count,
    total: count,
    tokens: count,
    note: z.string().optional().meta({ description: "what is done otherwise than asked, and why: once" }),
  })
  .meta({ id: "ProgressCount", type: "object" });

export const adapterSettings = z
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

/**
 * One response to a prompt. Given `tokenIds` are used as they are, and must spell `text` where that is not
 * empty; else `text` is tokenised and closed by EOS.
 */
const responseFields = {
  text: z.string(),
  tokenIds: z.array(count).optional(),
  finish: z
    .enum(["stop", "length"])
    .optional()
    .meta({ description: "length: the text was cut off, so no EOS is appended" }),
};
const scoreResponse = z.object(responseFields).meta({ id: "ScoreResponse", type: "object" });
export const scoreGroup = z
  .object({ id: z.string(), prompt: z.string(), responses: z.array(scoreResponse).min(1) })
  .meta({ id: "ScoreGroup", type: "object" });
export const score = z
  .object({
    logprob: real.meta({ description: "sum of log P(token | before, prompt) in nats, EOS included" }),
    tokens: count,
    tokenIds: z.array(count).optional(),
    tokenLogprobs: z.array(real).optional(),
    tokenTexts: z.array(z.string()).optional().meta({
      description: "what each token adds to the text; a special token's name, such as </s>",
    }),
  })
  .meta({ id: "Score", type: "object" });

export const candidate = z
  .object({
    questionId: z.string(),
    index: count,
    text: z.string(),
    tokenIds: z.array(count).optional().meta({
      description: "as sampled, EOS included when it was; none where a stop text cut the response",
    }),
    finish: z
      .enum(["stop", "length"])
      .meta({ description: "stop: ended by EOS or by a stop text; length: cut off" }),
    logprob: z
      .number()
      .optional()
      .meta({ description: "sum over tokenIds under the model itself (temperature 1)" }),
    tokens: count.meta({ description: "how many were sampled, those of a stop text included" }),
  })
  .meta({ id: "SampledCandidate", type: "object" });

export const chatMessage = z
  .object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })
  .meta({ id: "ChatMessage", type: "object" });

const trainResponse = z
  .object({
    ...responseFields,
    target: z.boolean().meta({ description: "part of the maximum-likelihood term" }),
    reference: z
      .boolean()
      .optional()
      .meta({ description: "true: the reference COT, whose mean score is watched apart" }),
    label: z.enum(["positive", "negative"]).optional().meta({
      description: "whether its final answer is right: watched, and what losses of right and wrong go by",
    }),
    rank: positive.optional().meta({
      description:
        "place in its group: 1 the best, equals share one, right 1 and wrong 2; none: no part in the group loss",
    }),
    reward: z.number().optional().meta({
      description: "greater is better; PRO's temperatures are gaps between rewards. -rank when left out",
    }),
    referenceLogprob: z
      .number()
      .optional()
      .meta({ description: "sum of log P(token) under the reference model in nats, EOS included" }),
  })
  .meta({ id: "TrainResponse", type: "object" });
export const trainGroup = z
  .object({ id: z.string(), prompt: z.string(), responses: z.array(trainResponse).min(1) })
  .meta({ id: "TrainGroup", type: "object" });

export const optimizer = z
  .object({
    learningRate: z.number().positive(),
    betas: z.tuple([z.number(), z.number()]),
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0),
    clipNorm: z.number().min(0).meta({ description: "global gradient norm; 0: no clipping" }),
  })
  .meta({ id: "OptimizerSettings", type: "object" });
export const schedule = z
  .object({
    shape: z.enum(["cosine", "linear", "constant"]),
    totalSteps: positive,
    warmupSteps: count,
    minimumRatio: z.number().min(0).max(1).meta({ description: "last learning rate over the highest" }),
  })
  .meta({ id: "ScheduleSettings", type: "object" });
/** One of the catalogue of methods: a new loss needs no change here. */
export const loss = lossSchema;

export const lossParts = z
  .object({ total: real, vft: real, alignment: real })
  .meta({ id: "LossParts", type: "object", description: "total = vftWeight * vft + weight * alignment" });

export const stepMetrics = z
  .object({
    step: positive.meta({ description: "steps done, this one included" }),
    learningRate: z.number(),
    loss: lossParts,
    gradientNorm: z.number().meta({ description: "before clipping" }),
    groups: count,
    pairedGroups: count.meta({ description: "groups with a better and a worse response" }),
    takenGroups: count.optional().meta({
      description: "groups with a part in the group loss; left out where it takes those with a pair alone",
    }),
    targetTokens: count,
    tokens: count.meta({ description: "prompt and response tokens that went through the model" }),
    seconds: z.number(),
    tokensPerSecond: z.number(),
    meanTarget: z.number().optional().meta({ description: "mean score of the targets" }),
    meanReference: z.number().optional().meta({ description: "mean score of the reference COTs" }),
    meanPositive: z.number().optional(),
    meanNegative: z.number().optional(),
    margin: z.number().optional().meta({
      description: "mean over groups of (mean score of the positives - mean score of the negatives)",
    }),
    assessmentAccuracy: z.number().optional().meta({
      description: "share of the step's pairs whose better response has the higher score, ties 1/2",
    }),
    meanBoundary: z.number().optional().meta({
      description: "mean over the worse responses of (lowest better score - beta)",
    }),
    divergence: z.number().optional().meta({
      description: "KTO's z: mean log-ratio to the starting weights (nats) over mismatched pairs, at least 0",
    }),
    negativesBelowBoundary: z
      .number()
      .optional()
      .meta({ description: "share of the worse responses that lie below their boundary, 0..1" }),
  })
  .meta({ id: "StepMetrics", type: "object" });

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
export const ggufTensors = z
  .object({
    type: z.string().meta({ description: "GGUF's name: Q4_1, F32, ..." }),
    tensors: positive,
    values: positive,
    bytes: positive.meta({ description: "that they take in the file, scales and all" }),
  })
  .meta({ id: "GgufTensors", type: "object" });

export const deviceInfo = z
  .object({
    name: z.string().meta({ description: "cpu, cuda:0, ..." }),
    description: z.string().meta({ description: "the processor's or the card's name" }),
    totalBytes: count.meta({ description: "of its memory" }),
    freeBytes: count.meta({ description: "of its memory, now" }),
    dtypes: z.array(z.string()).meta({ description: "types that it computes in" }),
  })
  .meta({ id: "DeviceInfo", type: "object" });

export const trackerKind = z.enum(["tensorboard", "wandb", "mlflow", "trackio"]);
export const trackedPoint = z
  .object({ step: count, values: z.record(z.string(), z.number()) })
  .meta({ id: "TrackedPoint", type: "object" });
export const trackerFailure = z
  .string()
  .optional()
  .meta({ description: "why the tracker takes nothing any more; told once" });

export const nothing = z.object({}).meta({ id: "Nothing", type: "object" });

/** A method of the protocol; unless it says otherwise it waits its turn and reports no progress. */
export const method = <
  P extends z.ZodType,
  R extends z.ZodType,
  G extends z.ZodType = typeof nothing,
>(definition: {
  description: string;
  params: P;
  result: R;
  progress?: G;
  /** Answered while another method still runs. */
  immediate?: boolean;
}): { description: string; immediate: boolean; params: P; result: R; progress: G } => ({
  immediate: false,
  progress: nothing as unknown as G,
  ...definition,
});
