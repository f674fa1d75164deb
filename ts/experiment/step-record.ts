import { z } from "zod";

/** A line of metrics.jsonl: what one training step measured (`StepMetrics` of the bridge, all losses finite). */
export const stepRecord = z.looseObject({
  step: z.int().min(1),
  learningRate: z.number(),
  loss: z.object({ total: z.number(), vft: z.number(), alignment: z.number() }),
  gradientNorm: z.number(),
  groups: z.int(),
  pairedGroups: z.int(),
  tokens: z.int(),
  seconds: z.number(),
  meanTarget: z.number().optional(),
  meanPositive: z.number().optional(),
  meanNegative: z.number().optional(),
  meanBoundary: z.number().optional(),
  negativesBelowBoundary: z.number().optional(),
});
