import { z } from "zod";

/** null: nothing defines it (no pair, no such response), or it is beyond the largest number. */
const measured = z.number().nullable();

/** What a look at held-out questions measured: the scores that the weights give to the VFT model's samples. */
export const heldOutSchema = z.looseObject({
  questions: z.int(),
  accuracy: z.number().optional().meta({ description: "greedy, share of the questions" }),
  gained: z.int().optional().meta({ description: "questions answered rightly now and not at the start" }),
  lost: z.int().optional().meta({ description: "questions answered rightly at the start and not now" }),
  assessmentMicro: measured,
  pairs: z
    .int()
    .optional()
    .meta({ description: "of a right and a wrong COT, that assessmentMicro is a share of" }),
  perplexityPositive: measured,
  perplexityNegative: measured,
  perplexityReference: measured,
  warnings: z.array(z.string()).optional(),
  weights: z
    .string()
    .optional()
    .meta({ description: "digest of the weights, where they were kept as the best" }),
});
export type HeldOut = z.infer<typeof heldOutSchema>;

/** A line of metrics.jsonl: what one training step measured (`StepMetrics` of the bridge, all losses finite). */
export const stepRecord = z.looseObject({
  step: z.int().min(1),
  learningRate: z.number(),
  loss: z.object({ total: z.number(), vft: z.number(), alignment: z.number() }),
  gradientNorm: z.number(),
  groups: z.int(),
  pairedGroups: z.int(),
  takenGroups: z.int().optional().meta({
    description: "groups with a part in the method's own loss; left out where those are the ones with a pair",
  }),
  targetTokens: z.int().optional(),
  tokens: z.int(),
  seconds: z.number(),
  tokensPerSecond: z.number().optional(),
  meanTarget: z.number().optional(),
  meanReference: z.number().optional(),
  meanPositive: z.number().optional(),
  meanNegative: z.number().optional(),
  margin: z.number().optional(),
  assessmentAccuracy: z.number().optional(),
  meanBoundary: z.number().optional(),
  negativesBelowBoundary: z.number().optional(),
  divergence: z.number().optional(),
  heldOut: heldOutSchema.optional().meta({ description: "after this step's update, where there was a look" }),
});
export type StepRecord = z.infer<typeof stepRecord>;
