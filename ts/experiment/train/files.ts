/** The files of a training, and what its manifest tells. */
import { join } from "node:path";
import { z } from "zod";
import { JsonFile, type Place, RowsFile } from "../store/files.ts";
import { heldOutSchema, stepRecord } from "./step-record.ts";

/** Each step as it was measured. */
export const metricsFile = new RowsFile("metrics.jsonl", stepRecord);

/** What was measured on held-out questions before the first step. */
export const startFile = new JsonFile(
  "before.json",
  z.looseObject({
    step: z.literal(0),
    heldOut: heldOutSchema,
    right: z.array(z.string()).optional().meta({ description: "ids of the questions answered rightly" }),
  }),
);

export const trainedFacts = z.object({
  steps: z.int(),
  questions: z.int(),
  tokens: z.int().meta({ description: "that went through the model" }),
  digest: z.string().meta({ description: "of the weights" }),
  stopped: z
    .object({
      bestStep: z.int().meta({ description: "0: the weights that the method started from" }),
      lastStep: z.int(),
      reason: z.string(),
    })
    .optional()
    .meta({ description: "under patience: which weights were kept, and why training ended" }),
  warnings: z.array(z.object({ step: z.int(), kind: z.string(), text: z.string() })).optional(),
  adapter: z
    .object({
      rank: z.int(),
      alpha: z.number(),
      dropout: z.number(),
      targets: z.array(z.string()),
      parameters: z.int(),
    })
    .optional(),
});
export type TrainedFacts = z.infer<typeof trainedFacts>;

/** There once the weights are saved: nothing is left to train. */
export const trainedFile = new JsonFile("trained.json", trainedFacts);

/** The saved state from which a training that was cut off goes on. */
export const resumeStateIn = ({ directory }: Place): string => join(directory, "resume");
