import { z } from "zod";
import { evenWhenOthersFail, exclusiveKeys, refuseBoth } from "./exclusive.ts";
import { count, positive, share } from "./numbers.ts";

const [, lengthKeys, warmupKeys] = exclusiveKeys;
const oneLength = refuseBoth(lengthKeys);
const oneWarmup = refuseBoth(warmupKeys);

/** Settings without defaults: what a method overrides. The full settings below are the same fields with defaults. */
const schedule = {
  shape: z.enum(["cosine", "linear", "constant"]),
  warmupRatio: share,
  warmupSteps: count,
  minimumRatio: share,
};
const optimizer = {
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]),
  epsilon: z.number().positive(),
  weightDecay: z.number().min(0),
  clipNorm: z.number().min(0),
};
const training = {
  epochs: z.number().positive(),
  steps: positive,
  batchSize: positive,
  learningRate: z.number().positive(),
  lengthGrouped: z.boolean(),
  saveEvery: count,
};

const say = {
  shape: { description: "how the learning rate falls after the warm-up" },
  warmupRatio: { description: "share of all steps in which the learning rate rises (0.03 by default)" },
  warmupSteps: { description: "the same in steps; give one of the two" },
  minimumRatio: { description: "last learning rate over the highest" },
  betas: { description: "AdamW's decay rates of the two moments" },
  epsilon: { description: "AdamW's epsilon" },
  weightDecay: { description: "AdamW's decoupled weight decay" },
  clipNorm: { description: "largest global gradient norm; 0: no clipping" },
  epochs: { description: "passes over the questions (3 by default); give epochs or steps" },
  steps: { description: "optimizer steps; give epochs or steps" },
  batchSize: { description: "questions a step, whatever the micro-batching" },
  learningRate: { description: "the highest learning rate, after the warm-up" },
  lengthGrouped: { description: "batch questions of similar length: less padding, faster" },
  saveEvery: { description: "steps between resumable checkpoints; 0: none" },
  schedule: { description: "the learning rate over time" },
  optimizer: { description: "AdamW" },
};

const scheduleSchema = z
  .strictObject({
    shape: schedule.shape.default("cosine").meta(say.shape),
    warmupRatio: schedule.warmupRatio.optional().meta(say.warmupRatio),
    warmupSteps: schedule.warmupSteps.optional().meta(say.warmupSteps),
    minimumRatio: schedule.minimumRatio.default(0).meta(say.minimumRatio),
  })
  .superRefine(oneWarmup, evenWhenOthersFail)
  .overwrite((s) => (s.warmupSteps === undefined ? { ...s, warmupRatio: s.warmupRatio ?? 0.03 } : s));

const optimizerSchema = z.strictObject({
  betas: optimizer.betas.default([0.9, 0.999]).meta(say.betas),
  epsilon: optimizer.epsilon.default(1e-8).meta(say.epsilon),
  weightDecay: optimizer.weightDecay.default(0).meta(say.weightDecay),
  clipNorm: optimizer.clipNorm.default(1).meta(say.clipNorm),
});

/**
 * How a stage trains. The defaults are those for real models: the recipe that RFT (arXiv 2308.01825) states for
 * GSM8K. After parsing exactly one of `epochs` and `steps` is there, and one of `warmupRatio` and `warmupSteps`.
 */
export const trainingSchema = z
  .strictObject({
    epochs: training.epochs.optional().meta(say.epochs),
    steps: training.steps.optional().meta(say.steps),
    batchSize: training.batchSize.default(128).meta(say.batchSize),
    learningRate: training.learningRate.default(2e-5).meta(say.learningRate),
    schedule: scheduleSchema.prefault({}).meta(say.schedule),
    optimizer: optimizerSchema.prefault({}).meta(say.optimizer),
    lengthGrouped: training.lengthGrouped.default(false).meta(say.lengthGrouped),
    saveEvery: training.saveEvery.default(0).meta(say.saveEvery),
  })
  .superRefine(oneLength, evenWhenOthersFail)
  .overwrite((t) => (t.steps === undefined ? { ...t, epochs: t.epochs ?? 3 } : t));
export type Training = z.output<typeof trainingSchema>;

/** The same settings, all optional and without defaults: a method's own differences from `stages.align`. */
export const trainingOverrideSchema = z
  .strictObject({
    epochs: training.epochs.optional().meta(say.epochs),
    steps: training.steps.optional().meta(say.steps),
    batchSize: training.batchSize.optional().meta(say.batchSize),
    learningRate: training.learningRate.optional().meta(say.learningRate),
    schedule: z
      .strictObject({
        shape: schedule.shape.optional().meta(say.shape),
        warmupRatio: schedule.warmupRatio.optional().meta(say.warmupRatio),
        warmupSteps: schedule.warmupSteps.optional().meta(say.warmupSteps),
        minimumRatio: schedule.minimumRatio.optional().meta(say.minimumRatio),
      })
      .superRefine(oneWarmup, evenWhenOthersFail)
      .optional()
      .meta(say.schedule),
    optimizer: z
      .strictObject({
        betas: optimizer.betas.optional().meta(say.betas),
        epsilon: optimizer.epsilon.optional().meta(say.epsilon),
        weightDecay: optimizer.weightDecay.optional().meta(say.weightDecay),
        clipNorm: optimizer.clipNorm.optional().meta(say.clipNorm),
      })
      .optional()
      .meta(say.optimizer),
    lengthGrouped: training.lengthGrouped.optional().meta(say.lengthGrouped),
    saveEvery: training.saveEvery.optional().meta(say.saveEvery),
  })
  .superRefine(oneLength, evenWhenOthersFail);
export type TrainingOverride = z.output<typeof trainingOverrideSchema>;
