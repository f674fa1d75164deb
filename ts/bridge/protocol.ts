/**
 * The one catalogue of what TypeScript and the worker say to each other. Everything else is derived from it:
 * the TypeScript types, the JSON Schema against which every arriving message is checked (`generated/`), and
 * the worker's `protocol.py`. `npm run generate` writes both; a test fails when they differ from this file.
 *
 * Texts and numbers travel as JSON, weights by file path. Every `params` is an object. A method's `progress`
 * is what its `$/progress` notifications carry.
 */
import { z } from "zod";

export const protocolVersion = 1;

/** A float that may not be finite: JSON has no NaN, and writing null for it would hide a broken run. */
const nonFinite = z
  .object({ finite: z.literal(false), value: z.enum(["nan", "inf", "-inf"]) })
  .meta({ id: "NonFinite", type: "object" });
const real = z.union([z.number(), nonFinite]);

const handle = z.string().min(1).meta({ description: "a name the worker gave to something it holds" });
const count = z.int().min(0);
const positive = z.int().min(1);
const path = z.string().min(1).meta({ description: "an absolute path on the worker's machine" });
const dtype = z.enum(["auto", "float32", "bfloat16", "float16"]);
const device = z.string().min(1).meta({ description: "auto, cpu, cuda or cuda:N" });
const attention = z.enum(["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]);
const maxTokensPerBatch = positive.meta({
  description: "tokens (padding included) of one micro-batch; bounds memory, never changes a result",
});

const progressCount = z
  .object({ done: count, total: count, tokens: count })
  .meta({ id: "ProgressCount", type: "object" });

const modelInfo = z
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

/** One response to a prompt. Given `tokenIds` are used as they are; else `text` is tokenised and closed by EOS. */
const responseFields = {
  text: z.string(),
  tokenIds: z.array(count).optional(),
  finish: z
    .enum(["stop", "length"])
    .optional()
    .meta({ description: "length: the text was cut off, so no EOS is appended" }),
};
const scoreResponse = z.object(responseFields).meta({ id: "ScoreResponse", type: "object" });
const scoreGroup = z
  .object({ id: z.string(), prompt: z.string(), responses: z.array(scoreResponse).min(1) })
  .meta({ id: "ScoreGroup", type: "object" });
const score = z
  .object({
    logprob: real.meta({ description: "sum of log P(token | before, prompt) in nats, EOS included" }),
    tokens: count,
    tokenIds: z.array(count).optional(),
    tokenLogprobs: z.array(real).optional(),
  })
  .meta({ id: "Score", type: "object" });

const candidate = z
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
const trainGroup = z
  .object({ id: z.string(), prompt: z.string(), responses: z.array(trainResponse).min(1) })
  .meta({ id: "TrainGroup", type: "object" });

const optimizer = z
  .object({
    learningRate: z.number().positive(),
    betas: z.tuple([z.number(), z.number()]),
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0),
    clipNorm: z.number().min(0).meta({ description: "global gradient norm; 0: no clipping" }),
  })
  .meta({ id: "OptimizerSettings", type: "object" });
const schedule = z
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
const loss = z
  .discriminatedUnion("kind", [vftLoss, alignmentLoss])
  .meta({ id: "LossSettings", type: "object", discriminator: { propertyName: "kind" } });

const lossParts = z
  .object({ total: real, vft: real, alignment: real })
  .meta({ id: "LossParts", type: "object", description: "total = vft + weight * alignment" });

const stepMetrics = z
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

const deviceInfo = z
  .object({
    name: z.string().meta({ description: "cpu, cuda:0, ..." }),
    description: z.string(),
    totalBytes: count,
    freeBytes: count,
    dtypes: z.array(z.string()),
  })
  .meta({ id: "DeviceInfo", type: "object" });

const nothing = z.object({}).meta({ id: "Nothing", type: "object" });

/** params, result and progress of every method. `immediate` ones are answered while another one still runs. */
export const methods = {
  hello: {
    immediate: true,
    params: z.object({ protocolVersion: positive }),
    result: z.object({
      protocolVersion: positive,
      worker: z.string().meta({ description: "version of aft_worker" }),
      python: z.string(),
      pid: positive,
    }),
    progress: nothing,
  },
  "device/info": {
    immediate: false,
    params: nothing,
    result: z.object({
      python: z.string(),
      executable: z.string(),
      platform: z.string(),
      packages: z.record(z.string(), z.string()).meta({ description: "name to version, of those installed" }),
      devices: z.array(deviceInfo),
      defaultDevice: z.string(),
      threads: positive,
      cores: positive,
      memoryTotalBytes: count,
      memoryFreeBytes: count,
      warnings: z.array(z.string()),
    }),
    progress: nothing,
  },
  "device/memory": {
    immediate: true,
    params: nothing,
    result: z.object({
      residentBytes: count,
      peakResidentBytes: count,
      acceleratorBytes: count,
      peakAcceleratorBytes: count,
    }),
    progress: nothing,
  },
  "tokenizer/train": {
    immediate: false,
    params: z.object({
      kind: z
        .enum(["words", "bpe"])
        .meta({ description: "words: every space-separated word of the texts is a token" }),
      texts: z.array(z.string()).min(1),
      vocabularySize: positive.optional().meta({ description: "bpe only" }),
      directory: path,
    }),
    result: z.object({ vocabularySize: positive, digest: z.string() }),
    progress: nothing,
  },
  "model/create": {
    immediate: false,
    params: z.object({
      architecture: z.enum(["llama"]),
      hiddenSize: positive,
      intermediateSize: positive,
      layers: positive,
      heads: positive,
      keyValueHeads: positive.optional(),
      maxPositions: positive,
      tieEmbeddings: z.boolean(),
      initStd: z.number().positive(),
      tokenizer: path,
      seed: z.int(),
      dtype,
      device,
      attention,
    }),
    result: modelInfo,
    progress: nothing,
  },
  "model/load": {
    immediate: false,
    params: z.object({
      source: z.string().min(1).meta({ description: "a folder in Hugging Face format, or a hub id" }),
      revision: z.string().optional(),
      dtype,
      device,
      attention,
    }),
    result: modelInfo,
    progress: nothing,
  },
  "model/save": {
    immediate: false,
    params: z.object({ model: handle, directory: path }),
    result: z.object({ digest: z.string(), files: z.array(z.string()) }),
    progress: nothing,
  },
  "model/digest": {
    immediate: false,
    params: z.object({ model: handle }),
    result: z.object({ digest: z.string() }),
    progress: nothing,
  },
  "model/unload": {
    immediate: false,
    params: z.object({ model: handle }),
    result: nothing,
    progress: nothing,
  },
  generate: {
    immediate: false,
    params: z.object({
      model: handle,
      prompts: z.array(
        z
          .object({ id: z.string(), prompt: z.string(), indices: z.array(count).min(1) })
          .meta({ id: "GeneratePrompt", type: "object" }),
      ),
      maxNewTokens: positive,
      temperature: z.number().min(0).meta({ description: "0: greedy" }),
      topP: z.number().gt(0).max(1).meta({ description: "1: the model's own distribution" }),
      seed: z.int(),
      maxTokensPerBatch,
    }),
    result: z.object({ candidates: count, tokens: count, seconds: z.number(), digest: z.string() }),
    progress: z
      .object({ candidates: z.array(candidate), done: count, total: count, tokens: count })
      .meta({ description: "candidates come here and only here, as soon as they are finished" }),
  },
  score: {
    immediate: false,
    params: z.object({
      model: handle,
      groups: z.array(scoreGroup).min(1),
      perToken: z
        .boolean()
        .optional()
        .meta({ description: "also return each token's id and log-probability" }),
      maxTokensPerBatch,
    }),
    result: z.object({
      groups: z.array(
        z.object({ id: z.string(), scores: z.array(score) }).meta({ id: "ScoredGroup", type: "object" }),
      ),
      tokens: count,
      seconds: z.number(),
    }),
    progress: progressCount,
  },
  "train/begin": {
    immediate: false,
    params: z.object({
      model: handle,
      optimizer,
      schedule,
      loss,
      seed: z.int(),
      maxTokensPerBatch,
      resumeFrom: path.optional().meta({ description: "a folder that train/save wrote" }),
    }),
    result: z.object({
      run: handle,
      step: count.meta({ description: "steps already done: 0, or those resumed" }),
    }),
    progress: nothing,
  },
  "train/step": {
    immediate: false,
    params: z.object({
      run: handle,
      step: positive.meta({
        description: "must be one more than the steps done: no step is lost or done twice",
      }),
      groups: z.array(trainGroup).min(1).meta({ description: "the global batch of this step" }),
    }),
    result: stepMetrics,
    progress: progressCount,
  },
  "train/save": {
    immediate: false,
    params: z.object({ run: handle, directory: path }),
    result: z.object({ step: count }),
    progress: nothing,
  },
  "train/end": {
    immediate: false,
    params: z.object({ run: handle }),
    result: z.object({ step: count, digest: z.string() }),
    progress: nothing,
  },
  shutdown: {
    immediate: false,
    params: nothing,
    result: nothing,
    progress: nothing,
  },
} as const;

export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = z.input<(typeof methods)[M]["params"]>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]["result"]>;
export type Progress<M extends MethodName> = z.output<(typeof methods)[M]["progress"]>;
export type Real = z.output<typeof real>;
export type TrainGroup = z.input<typeof trainGroup>;
export type ScoreGroup = z.input<typeof scoreGroup>;
export type StepMetrics = z.output<typeof stepMetrics>;
export type LossSettings = z.input<typeof loss>;

const anyError = z.object({
  pointer: z.string().optional().meta({ description: "JSON pointer to the bad value" }),
});

/** Every error the worker answers with: its JSON-RPC code, and what its `data` holds. */
export const errors = {
  ParseError: { code: -32700, data: anyError },
  InvalidRequest: { code: -32600, data: anyError },
  MethodNotFound: {
    code: -32601,
    data: anyError.extend({ method: z.string(), nearest: z.string().optional() }),
  },
  InvalidParams: { code: -32602, data: anyError.extend({ found: z.string().optional() }) },
  InternalError: { code: -32603, data: anyError.extend({ traceback: z.string().optional() }) },
  RequestCancelled: { code: -32800, data: anyError },
  UnknownHandle: { code: -32001, data: anyError.extend({ handle: z.string() }) },
  ModelNotLoaded: { code: -32002, data: anyError.extend({ source: z.string() }) },
  NonFiniteLoss: {
    code: -32003,
    data: anyError.extend({ step: count, groups: z.array(z.string()), loss: lossParts }),
  },
  OutOfMemory: { code: -32004, data: anyError.extend({ device: z.string() }) },
  EmptyResponse: { code: -32005, data: anyError.extend({ id: z.string() }) },
  SequenceTooLong: { code: -32006, data: anyError.extend({ id: z.string(), tokens: count, limit: count }) },
  StepOutOfOrder: { code: -32007, data: anyError.extend({ expected: count, found: count }) },
  WriteFailed: { code: -32008, data: anyError.extend({ path: z.string(), errno: z.string() }) },
  ResumeRefused: { code: -32009, data: anyError.extend({ path: z.string() }) },
  DeviceUnavailable: { code: -32010, data: anyError.extend({ device: z.string() }) },
} as const;

export type ErrorName = keyof typeof errors;
export type ErrorData<E extends ErrorName> = z.output<(typeof errors)[E]["data"]>;
