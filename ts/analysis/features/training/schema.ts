import { z } from "zod";
import { interval, method, seed } from "../../measure/schema.ts";

const measured = z.number().nullable();

/** Validation while a method trains: what its weights make of the VFT model's samples. */
export const heldOutSchema = z.object({
  questions: z.int().meta({ description: "how many validation questions" }),
  accuracy: z.number().optional().meta({ description: "greedy, share of the questions" }),
  assessmentMicro: measured.meta({ description: "assessment accuracy, pooled over pairs" }),
  pairs: z.int().optional().meta({ description: "of a right and a wrong sample of one question" }),
  perplexityPositive: measured.meta({ description: "exp(-score), averaged over the right samples" }),
  perplexityNegative: measured.meta({ description: "exp(-score), averaged over the wrong samples" }),
  perplexityReference: measured.meta({ description: "exp(-score), averaged over the references" }),
});

const beta = z.number().meta({ description: "mean log-probability, nats a token" });

const resampled = interval
  .nullable()
  .optional()
  .meta({ description: "95 %, bootstrap over questions; older searches have none" });

/** One value that a search tried, on the validation questions. */
export const searchPointSchema = z.object({
  beta,
  accuracy: measured.meta({ description: "greedy" }),
  correct: z.int().meta({ description: "validation questions answered rightly" }),
  questions: z.int().meta({ description: "how many validation questions" }),
  interval: interval.nullable().meta({ description: "of the accuracy: Wilson, 95 %" }),
  assessmentMicro: measured.meta({ description: "assessment accuracy, pooled over pairs" }),
  assessmentInterval: resampled,
  pairs: z.int().optional().meta({ description: "that assessmentMicro is over" }),
  perplexityPositive: measured.meta({ description: "exp(-score), averaged over the right samples" }),
  perplexityInterval: resampled,
  rightCots: z.int().optional().meta({ description: "that perplexityPositive is over" }),
});

/** What a training gives beside its steps, as report.json holds it. */
const trainedShape = {
  boundary: z
    .discriminatedUnion("rule", [
      z.object({
        beta,
        rule: z.literal("auto").meta({ description: "worked out from the VFT model's own scores" }),
        quantile: z.number().meta({ description: "of the wrong samples' distances to the lowest right one" }),
        negatives: z.int().meta({ description: "what the quantile is over" }),
        below: z.number().meta({ description: "share of them below the boundary at the start" }),
      }),
      z.object({
        beta,
        rule: z.literal("search").meta({ description: "chosen on validation questions" }),
      }),
    ])
    .optional()
    .meta({ description: "a distance that was not given as a number" }),
  search: z
    .object({
      parameter: z.string().meta({ description: "the setting that was searched" }),
      chosen: z.number().meta({ description: "the value that was kept" }),
      points: z.array(searchPointSchema).meta({ description: "every value that was tried" }),
    })
    .optional()
    .meta({ description: "where beta was searched" }),
  stopped: z
    .object({
      bestStep: z.int().meta({ description: "the step whose weights were kept" }),
      lastStep: z.int().meta({ description: "the last step that was made" }),
      reason: z.string().meta({ description: "in words" }),
    })
    .optional()
    .meta({ description: "stopped early; the weights are those of bestStep" }),
  taken: z
    .object({
      questions: z.int().meta({ description: "training questions" }),
      paired: z.int().meta({ description: "with a better and a worse solution" }),
      taken: z.int().meta({ description: "with a part in the method's own loss" }),
    })
    .optional()
    .meta({ description: "of a loss that takes other questions than those with a pair" }),
  warnings: z
    .array(
      z.object({
        step: z.int().meta({ description: "optimizer steps done" }),
        kind: z.string().optional().meta({ description: "what went wrong, as a name" }),
        text: z.string().meta({ description: "the same in words" }),
      }),
    )
    .optional()
    .meta({ description: "what went wrong while training" }),
};
export const trainedSchema = z.object(trainedShape);

/** One method's training with one seed, as report.json tells it: its boundary, its validation, what went wrong. */
export const trainedArmSchema = z.object({
  method,
  seed,
  ...trainedShape,
  looks: z
    .array(heldOutSchema.extend({ step: z.int().meta({ description: "optimizer steps done" }) }))
    .meta({ description: "validation questions while training; step 0: the weights it starts from" }),
});
