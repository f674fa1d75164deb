/** What a model does with texts: prompts rendered, samples drawn, responses scored. */
import { z } from "zod";
import {
  count,
  handle,
  maxTokensPerBatch,
  method,
  positive,
  progressCount,
  real,
  responseFields,
} from "../messages.ts";

const scoreResponse = z.object(responseFields).meta({ id: "ScoreResponse", type: "object" });

export const scoreGroup = z
  .object({ id: z.string(), prompt: z.string(), responses: z.array(scoreResponse).min(1) })
  .meta({ id: "ScoreGroup", type: "object" });

const score = z
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

const candidate = z
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

const chatMessage = z
  .object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })
  .meta({ id: "ChatMessage", type: "object" });

const samplerInfo = z
  .object({
    name: z.enum(["transformers", "vllm"]),
    version: z.string().meta({ description: "of the library that samples" }),
    slots: count.meta({ description: "samples that are decoded at once" }),
    step: z
      .enum(["captured", "plain"])
      .meta({ description: "a decode step: replayed as a CUDA graph, or not" }),
    note: z.string().optional().meta({ description: "why it is slower than this device could" }),
  })
  .meta({ id: "SamplerInfo", type: "object" });

const vllmSettings = z
  .object({
    python: z.string().min(1).meta({ description: "of an environment that has vLLM" }),
    tensorParallel: positive
      .optional()
      .meta({ description: "devices that a model is split over; 1 when left out" }),
    dataParallel: positive
      .optional()
      .meta({ description: "processes with a whole model each; 1 when left out" }),
    memoryShare: z.number().gt(0).max(1).optional().meta({
      description:
        "of each device's memory, for vLLM (on a CPU: for its cache); what is free but a reserve when left out",
    }),
  })
  .meta({ id: "VllmSettings", type: "object" });

export const textMethods = {
  "prompt/render": method({
    description: "puts conversations into a tokenizer's own chat template",
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
  }),
  generate: method({
    description: "samples responses; they come as progress",
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
      slots: positive.optional().meta({
        description: "most samples that are decoded at once; sized from free memory when left out",
      }),
      vllm: vllmSettings.optional().meta({
        description: "samples with vLLM, which reads the folder that the model was loaded from",
      }),
    }),
    result: z.object({
      candidates: count,
      tokens: count,
      seconds: z.number(),
      digest: z.string(),
      sampler: samplerInfo,
    }),
    progress: z
      .object({
        candidates: z.array(candidate),
        done: count,
        total: count,
        tokens: count,
        note: z.string().optional().meta({ description: "what begins now and takes long, in a line" }),
      })
      .meta({ description: "candidates come here and only here, as soon as they are finished" }),
  }),
  score: method({
    description: "scores responses to prompts",
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
  }),
};
