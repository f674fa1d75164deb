import { z } from "zod";
import { seed } from "../../measure/schema.ts";

export type { Provenance } from "../../generated/report.ts";

const sha256 = z.string().meta({ description: "SHA-256, in hexadecimal" });

/** From what a run came, so that another can say whether theirs is the same. */
export const provenanceSchema = z.object({
  command: z.string().meta({ description: "makes this run again from the configuration" }),
  base: z
    .string()
    .optional()
    .meta({ description: "the model that VFT began from, where it was not made here" }),
  model: z.string().optional().meta({ description: "what the model is, in words, where it was made here" }),
  vftQuestions: z.number().optional().meta({ description: "that VFT may learn from, of the first seed" }),
  weights: z
    .array(
      z.object({
        method: z.string().meta({ description: "the method, VFT, or the base model" }),
        seed,
        digest: sha256,
      }),
    )
    .meta({
      description: "of the weights that were made or trained here (an adapter's alone, where there is one)",
    }),
  data: z
    .array(
      z.object({
        task: z.string().meta({ description: "the task's name in the experiment" }),
        file: z.string().meta({ description: "the setting that names it, or the artefact's file" }),
        digest: sha256,
      }),
    )
    .meta({ description: "the task's own files by their field, and the questions that were made of them" }),
});
