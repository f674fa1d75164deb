/**
 * The one catalogue of what TypeScript and the worker say to each other. Everything else is derived from it:
 * the TypeScript types, the JSON Schema against which every arriving message is checked (`generated/`), and
 * the worker's `protocol.py`. `npm run generate` writes both; a test fails when they differ from this file.
 *
 * Texts and numbers travel as JSON, weights by file path. Every `params` is an object. A method's `progress`
 * is what its `$/progress` notifications carry.
 */
import { z } from "zod";
import type { WorkerMethods } from "./generated/messages.ts";
import {
  adapterSettings,
  architecture,
  attention,
  candidate,
  chatMessage,
  count,
  device,
  deviceInfo,
  dtype,
  handle,
  loss,
  lossParts,
  maxTokensPerBatch,
  modelInfo,
  modelShape,
  nothing,
  optimizer,
  path,
  positive,
  progressCount,
  type real,
  schedule,
  score,
  scoreGroup,
  softcap,
  stepMetrics,
  trackedPoint,
  trackerFailure,
  trackerKind,
  trainGroup,
} from "./messages.ts";

export const protocolVersion = 1;

/** What every method does, its params, result and progress. `immediate` ones are answered while another one still runs. */
export const methods = {
  hello: {
    description: "greets: both sides must speak the same version of the protocol",
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
    description: "Python, packages, devices and memory",
    immediate: false,
    params: nothing,
    result: z.object({
      python: z.string().meta({ description: "its version" }),
      executable: z.string().meta({ description: "the interpreter's path" }),
      platform: z.string().meta({ description: "operating system and machine" }),
      packages: z.record(z.string(), z.string()).meta({ description: "name to version, of those installed" }),
      devices: z.array(deviceInfo).meta({ description: "what models can lie on" }),
      defaultDevice: z.string().meta({ description: "what auto stands for" }),
      threads: positive.meta({ description: "that torch computes with" }),
      cores: positive.meta({ description: "that this process may use" }),
      memoryTotalBytes: count.meta({ description: "main memory" }),
      memoryFreeBytes: count.meta({ description: "main memory that is free now" }),
      warnings: z.array(z.string()).meta({ description: "what is not as it should be, in words" }),
    }),
    progress: nothing,
  },
  "device/speed": {
    description: "measures how fast a device computes and copies",
    immediate: false,
    params: z.object({ device, dtype }),
    result: z.object({
      device: z.string(),
      dtype: z.string(),
      flopsPerSecond: z.number().meta({ description: "of a product of large square matrices" }),
      bytesPerSecond: z.number().meta({ description: "read and written by a copy" }),
      secondsPerCall: z.number().meta({ description: "of the smallest operation, one after another" }),
    }),
    progress: nothing,
  },
  "device/memory": {
    description: "memory in use now, and at most so far",
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
    description: "trains a tokenizer on texts and writes it to a folder",
    immediate: false,
    params: z.object({
      kind: z.enum(["words", "bpe", "sentencepiece"]).meta({
        description: "words: each word of the texts; bpe: over bytes, as Qwen's; sentencepiece: as Llama 2's",
      }),
      texts: z.array(z.string()).min(1),
      vocabularySize: positive.optional().meta({ description: "not with words" }),
      bos: z
        .boolean()
        .optional()
        .meta({ description: "false: a text begins with no <s>, as Qwen's; else it does" }),
      chatTemplate: z.string().optional().meta({ description: "Jinja, as in tokenizer_config.json" }),
      directory: path,
    }),
    result: z.object({ vocabularySize: positive, digest: z.string() }),
    progress: nothing,
  },
  "model/create": {
    description: "makes a model from scratch, with random weights",
    immediate: false,
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
    description: "loads a model from a folder or the hub",
    immediate: false,
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
    }),
    result: modelInfo,
    progress: nothing,
  },
  "model/merge": {
    description: "writes a model with its adapter merged into the weights",
    immediate: false,
    params: z.object({
      source: path.meta({ description: "a folder that holds an adapter" }),
      directory: path,
    }),
    result: z.object({ files: z.array(z.string()), dtype: z.string() }),
    progress: nothing,
  },
  "model/save": {
    description: "writes a model to a folder in Hugging Face format",
    immediate: false,
    params: z.object({ model: handle, directory: path }),
    result: z.object({ digest: z.string(), files: z.array(z.string()) }),
    progress: nothing,
  },
  "model/inspect": {
    description: "sizes of a model whose weights are not read",
    immediate: false,
    params: z.object({
      source: z.string().min(1).meta({ description: "a folder in Hugging Face format, or a hub id" }),
      revision: z.string().optional(),
    }),
    result: modelShape,
    progress: nothing,
  },
  "tokens/count": {
    description: "counts the tokens of texts",
    immediate: false,
    params: z.object({
      source: z.string().min(1),
      revision: z.string().optional(),
      texts: z.array(z.string()),
    }),
    result: z.object({
      counts: z.array(count).meta({ description: "tokens of each text, without BOS and EOS" }),
    }),
    progress: nothing,
  },
  "model/digest": {
    description: "works out the digest of a model's weights as they are now",
    immediate: false,
    params: z.object({ model: handle }),
    result: z.object({ digest: z.string() }),
    progress: nothing,
  },
  "model/unload": {
    description: "frees the memory of a model",
    immediate: false,
    params: z.object({ model: handle }),
    result: nothing,
    progress: nothing,
  },
  "prompt/render": {
    description: "puts conversations into a tokenizer's own chat template",
    immediate: false,
    params: z.object({
      source: z.string().min(1).meta({ description: "a folder with a tokenizer, or a hub id" }),
      revision: z.string().optional(),
      conversations: z
        .array(
          z.object({ messages: z.array(chatMessage).min(1) }).meta({ id: "Conversation", type: "object" }),
        )
        .min(1),
    }),
    result: z.object({
      texts: z
        .array(z.string())
        .meta({ description: "each conversation in the tokenizer's own chat template, up to the reply" }),
    }),
    progress: nothing,
  },
  generate: {
    description: "samples responses; they come as progress",
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
      stop: z.array(z.string().min(1)).optional().meta({
        description: "texts that end a response, which is cut before the first of them that is complete",
      }),
      maxTokensPerBatch,
    }),
    result: z.object({ candidates: count, tokens: count, seconds: z.number(), digest: z.string() }),
    progress: z
      .object({ candidates: z.array(candidate), done: count, total: count, tokens: count })
      .meta({ description: "candidates come here and only here, as soon as they are finished" }),
  },
  score: {
    description: "scores responses to prompts",
    immediate: false,
    params: z.object({
      model: handle,
      groups: z.array(scoreGroup).min(1),
      perToken: z
        .boolean()
        .optional()
        .meta({ description: "also return each token's id, text and log-probability" }),
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
    description: "begins a training, or goes on with one that was saved",
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
    description: "one optimizer step",
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
    description: "writes the state of a training, from which it can go on",
    immediate: false,
    params: z.object({ run: handle, directory: path }),
    result: z.object({ step: count }),
    progress: nothing,
  },
  "train/end": {
    description: "ends a training and gives the digest of the weights",
    immediate: false,
    params: z.object({ run: handle }),
    result: z.object({ step: count, digest: z.string() }),
    progress: nothing,
  },
  "track/open": {
    description: "opens a run of an experiment tracker",
    immediate: false,
    params: z.object({
      kind: trackerKind,
      directory: path.meta({ description: "of this run alone; holds what is needed to go on with it" }),
      key: z
        .string()
        .min(1)
        .meta({ description: "what is tracked; a directory of another key begins a new run" }),
      mode: z.enum(["new", "resume", "add"]).meta({
        description:
          "new: a run of its own; resume: goes on, what it has been given is left out; add: goes on, and takes all",
      }),
      name: z.string().min(1).meta({ description: "of the run, for people" }),
      config: z.string().meta({ description: "JSON text of an object, kept beside the run; no secrets" }),
      settings: z.record(z.string(), z.string()).meta({
        description: "wandb: project, entity?, mode?; mlflow: experiment, uri?; trackio: project",
      }),
      waitSeconds: z
        .number()
        .positive()
        .meta({ description: "as long opening and closing are waited for, and no longer" }),
    }),
    result: z.object({
      tracker: handle.optional(),
      unavailable: z.string().optional().meta({ description: "why there is no tracker" }),
    }),
    progress: nothing,
  },
  "track/log": {
    description: "sends numbers to a tracker",
    immediate: false,
    params: z.object({ tracker: handle, points: z.array(trackedPoint).min(1) }),
    result: z.object({ failed: trackerFailure }),
    progress: nothing,
  },
  "track/close": {
    description: "closes a tracker once it has sent everything",
    immediate: false,
    params: z.object({ tracker: handle }),
    result: z.object({ failed: trackerFailure }),
    progress: nothing,
  },
  shutdown: {
    description: "ends the process",
    immediate: false,
    params: nothing,
    result: nothing,
    progress: nothing,
  },
} as const;

/** A method of the protocol. */
export type MethodName = keyof WorkerMethods;
/** What a method is asked with. */
export type Params<M extends MethodName> = WorkerMethods[M]["params"];
/** What a method answers. */
export type Result<M extends MethodName> = WorkerMethods[M]["result"];
/** What a method tells while it works. */
export type Progress<M extends MethodName> = WorkerMethods[M]["progress"];
export type Real = z.output<typeof real>;
export type TrainGroup = z.input<typeof trainGroup>;
export type ScoreGroup = z.input<typeof scoreGroup>;
export type ModelShape = z.output<typeof modelShape>;
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
  NoChatTemplate: { code: -32011, data: anyError.extend({ source: z.string() }) },
  ChatTemplateRefused: { code: -32012, data: anyError.extend({ source: z.string(), conversation: count }) },
} as const;

export type ErrorName = keyof typeof errors;
export type ErrorData<E extends ErrorName> = z.output<(typeof errors)[E]["data"]>;
