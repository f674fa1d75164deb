/**
 * What the bridge's messages are made of: named records and the few scalar kinds. Which method carries what is
 * said in `protocol.ts`; a name given with `.meta({ id })` is the name of the worker's struct.
 */
import { z } from "zod";

/** A float that may not be finite: JSON has no NaN, and writing null for it would hide a broken run. */
const nonFinite = z
  .object({ finite: z.literal(false), value: z.enum(["nan", "inf", "-inf"]) })
  .meta({ id: "NonFinite", type: "object" });
export const real = z.union([z.number(), nonFinite]);

export const handle = z.string().min(1).meta({ description: "a name the worker gave to something it holds" });
export const count = z.int().min(0);
export const positive = z.int().min(1);
export const path = z.string().min(1).meta({ description: "an absolute path on the worker's machine" });
export const dtype = z.enum(["auto", "float32", "bfloat16", "float16"]);
export const device = z.string().min(1).meta({ description: "auto, cpu, cuda or cuda:N" });
export const attention = z.enum(["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]);
export const maxTokensPerBatch = positive.meta({
  description: "tokens (padding included) of one micro-batch; bounds memory, never changes a result",
});

export const progressCount = z
  .object({ done: count, total: count, tokens: count })
  .meta({ id: "ProgressCount", type: "object" });

export const modelInfo = z
  .object({
    model: handle,
    parameters: count,
    vocabularySize: positive,
    maxPositions: count.meta({ description: "longest prompt + response; 0 when the model states no limit" }),
    dtype: z.string(),
    device: z.string(),
    digest: z
      .string()
      .meta({ description: "SHA-256 over the names, shapes, types and bytes of all weights" }),
    tokenizerDigest: z.string(),
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
  })
  .meta({ id: "Score", type: "object" });

export const candidate = z
  .object({
    questionId: z.string(),
    index: count,
    text: z.string(),
    tokenIds: z.array(count).meta({ description: "as sampled; EOS included when it was sampled" }),
    finish: z.enum(["stop", "length"]),
    logprob: z.number().meta({ description: "sum over tokenIds under the model itself (temperature 1)" }),
    tokens: count,
  })
  .meta({ id: "SampledCandidate", type: "object" });

const trainResponse = z
  .object({
    ...responseFields,
    target: z.boolean().meta({ description: "part of the maximum-likelihood term" }),
    label: z
      .enum(["positive", "negative"])
      .optional()
      .meta({ description: "its side in the alignment term; none: not in it" }),
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
const vftLoss = z.object({ kind: z.literal("vft") }).meta({ id: "VftLoss", type: "object" });
const alignmentLoss = z
  .object({
    kind: z.literal("alignment"),
    constraint: z.enum(["none", "detached", "boundary"]),
    weight: z.number().min(0),
    beta: z.number().min(0).optional().meta({ description: "the boundary lies at min s(positive) - beta" }),
    detachBoundary: z.boolean(),
  })
  .meta({ id: "AlignmentLoss", type: "object" });
export const loss = z
  .discriminatedUnion("kind", [vftLoss, alignmentLoss])
  .meta({ id: "LossSettings", type: "object", discriminator: { propertyName: "kind" } });

export const lossParts = z
  .object({ total: real, vft: real, alignment: real })
  .meta({ id: "LossParts", type: "object", description: "total = vft + weight * alignment" });

export const stepMetrics = z
  .object({
    step: positive.meta({ description: "steps done, this one included" }),
    learningRate: z.number(),
    loss: lossParts,
    gradientNorm: z.number().meta({ description: "before clipping" }),
    groups: count,
    pairedGroups: count.meta({ description: "groups with a positive and a negative" }),
    targetTokens: count,
    tokens: count.meta({ description: "prompt and response tokens that went through the model" }),
    seconds: z.number(),
    meanTarget: z.number().optional().meta({ description: "mean score of the targets" }),
    meanPositive: z.number().optional(),
    meanNegative: z.number().optional(),
    meanBoundary: z.number().optional().meta({ description: "mean over groups of min s(positive) - beta" }),
    negativesBelowBoundary: z.number().optional().meta({ description: "share, 0..1" }),
  })
  .meta({ id: "StepMetrics", type: "object" });

export const deviceInfo = z
  .object({
    name: z.string().meta({ description: "cpu, cuda:0, ..." }),
    description: z.string(),
    totalBytes: count,
    freeBytes: count,
    dtypes: z.array(z.string()),
  })
  .meta({ id: "DeviceInfo", type: "object" });

export const nothing = z.object({}).meta({ id: "Nothing", type: "object" });
