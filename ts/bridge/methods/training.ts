/** Training runs, step by step. */
import { z } from "zod";
import { lossSchema } from "../../config/index.ts";
import {
  count,
  handle,
  lossParts,
  maxTokensPerBatch,
  method,
  path,
  positive,
  progressCount,
  responseFields,
} from "../messages.ts";

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

/** One of the catalogue of methods: a new loss needs no change here. */
export const loss = lossSchema;

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

export const trainingMethods = {
  "train/begin": method({
    description: "begins a training, or goes on with one that was saved",
    params: z.object({
      model: handle,
      optimizer,
      schedule,
      loss,
      seed: z.int(),
      maxTokensPerBatch,
      resumeFrom: path.optional().meta({ description: "a folder that train/save wrote" }),
      recordedSteps: count.optional().meta({
        description: "what is known of: a state of more steps is refused as damaged (ResumeDamaged)",
      }),
    }),
    result: z.object({
      run: handle,
      step: count.meta({ description: "steps already done: 0, or those resumed" }),
    }),
  }),
  "train/step": method({
    description: "one optimizer step",
    params: z.object({
      run: handle,
      step: positive.meta({
        description: "must be one more than the steps done: no step is lost or done twice",
      }),
      groups: z.array(trainGroup).min(1).meta({ description: "the global batch of this step" }),
    }),
    result: stepMetrics,
    progress: progressCount,
  }),
  "train/save": method({
    description: "writes the state of a training, from which it can go on",
    params: z.object({
      run: handle,
      directory: path,
      background: z.boolean().optional().meta({
        description:
          "while the next steps go on, where main memory has room for a copy; one that fails stops nothing",
      }),
    }),
    result: z.object({
      step: count,
      failed: z.string().optional().meta({
        description: "why an earlier one in the background could not be written",
      }),
    }),
  }),
  "train/end": method({
    description: "ends a training and gives the digest of the weights",
    params: z.object({ run: handle }),
    result: z.object({
      step: count,
      digest: z.string(),
      rows: z.string().optional().meta({
        description: "how rows lay on a GPU (packed or padded, compiled, captured), with what was measured",
      }),
    }),
  }),
};
