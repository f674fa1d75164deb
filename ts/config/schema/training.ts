import { z } from "zod";
import { evenWhenOthersFail, exclusiveKeys, refuseBoth } from "./exclusive.ts";
import { count, flag, positive, positiveNumber, share } from "./values.ts";

const [, lengthKeys, warmupKeys] = exclusiveKeys;
const oneLength = refuseBoth(lengthKeys);
const oneWarmup = refuseBoth(warmupKeys);

/** Settings without defaults, all optional: what a method overrides. The full settings below are these with defaults. */
const schedule = {
  shape: z
    .enum(["cosine", "linear", "constant"])
    .meta({ description: "how the learning rate falls after the warm-up" }),
  warmupRatio: share.meta({
    description: "share of all steps in which the learning rate rises (0.03 by default)",
  }),
  warmupSteps: count.meta({ description: "the same in steps; give one of the two" }),
  minimumRatio: share.meta({ description: "last learning rate over the highest" }),
};
const optimizer = {
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .meta({ description: "AdamW's decay rates of the two moments" }),
  epsilon: positiveNumber.meta({ description: "AdamW's epsilon" }),
  weightDecay: z.number().min(0).meta({ description: "AdamW's decoupled weight decay" }),
  clipNorm: z.number().min(0).meta({ description: "largest global gradient norm; 0: no clipping" }),
};
const about = { schedule: "the learning rate over time", optimizer: "AdamW" };
const training = {
  epochs: positiveNumber.meta({
    description: "passes over the questions (3 by default); give epochs or steps",
  }),
  steps: positive.meta({ description: "optimizer steps; give epochs or steps" }),
  batchSize: positive.meta({ description: "questions a step, whatever the micro-batching" }),
  learningRate: positiveNumber.meta({ description: "the highest learning rate, after the warm-up" }),
  schedule: z
    .strictObject(schedule)
    .partial()
    .superRefine(oneWarmup, evenWhenOthersFail)
    .meta({ description: about.schedule }),
  optimizer: z.strictObject(optimizer).partial().meta({ description: about.optimizer }),
  lengthGrouped: flag.meta({ description: "batch questions of similar length: less padding, faster" }),
  saveEvery: count.meta({
    description:
      "steps between states from which a killed run goes on; 0: none; left out: one every two minutes",
  }),
};

const scheduleSchema = z
  .strictObject({
    shape: schedule.shape.default("cosine"),
    warmupRatio: schedule.warmupRatio.optional(),
    warmupSteps: schedule.warmupSteps.optional(),
    minimumRatio: schedule.minimumRatio.default(0),
  })
  .superRefine(oneWarmup, evenWhenOthersFail)
  .overwrite((s) => (s.warmupSteps === undefined ? { ...s, warmupRatio: s.warmupRatio ?? 0.03 } : s));

const optimizerSchema = z.strictObject({
  betas: optimizer.betas.default([0.9, 0.999]),
  epsilon: optimizer.epsilon.default(1e-8),
  weightDecay: optimizer.weightDecay.default(0),
  clipNorm: optimizer.clipNorm.default(1),
});

/**
 * How a stage trains. The defaults are those for real models: the recipe that RFT (arXiv 2308.01825) states for
 * GSM8K. After parsing exactly one of `epochs` and `steps` is there, and one of `warmupRatio` and `warmupSteps`.
 */
export const trainingSchema = z
  .strictObject({
    epochs: training.epochs.optional(),
    steps: training.steps.optional(),
    batchSize: training.batchSize.default(128),
    learningRate: training.learningRate.default(2e-5),
    schedule: scheduleSchema.prefault({}).meta({ description: about.schedule }),
    optimizer: optimizerSchema.prefault({}).meta({ description: about.optimizer }),
    lengthGrouped: training.lengthGrouped.default(false),
    saveEvery: training.saveEvery.optional(),
  })
  .superRefine(oneLength, evenWhenOthersFail)
  .overwrite((t) => (t.steps === undefined ? { ...t, epochs: t.epochs ?? 3 } : t));
export type Training = z.output<typeof trainingSchema>;

/** The same settings, all optional and without defaults: a method's own differences from `stages.align`. */
export const trainingOverrideSchema = z
  .strictObject(training)
  .partial()
  .superRefine(oneLength, evenWhenOthersFail);
export type TrainingOverride = z.output<typeof trainingOverrideSchema>;
