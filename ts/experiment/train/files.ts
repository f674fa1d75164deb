/** The files of a training, and what its manifest tells. */
import { join } from "node:path";
import { z } from "zod";
import { stepRecord } from "../step-record.ts";
import { JsonFile, type Place, RowsFile } from "../store/files.ts";
import { stoppedSchema } from "../validation/index.ts";
import { warningSchema } from "../warnings/index.ts";

/** Each step as it was measured. */
export const metricsFile = new RowsFile("metrics.jsonl", stepRecord);

export const trainedFacts = z.object({
  steps: z.int(),
  questions: z.int(),
  tokens: z.int().meta({ description: "that went through the model" }),
  digest: z.string().meta({ description: "of the weights" }),
  rows: z.string().optional().meta({
    description: "how rows lay on a GPU (packed or padded, compiled, captured), with what was measured",
  }),
  stopped: stoppedSchema.optional(),
  warnings: z.array(warningSchema).optional(),
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
export const trainedFile = new JsonFile("trained.json", trainedFacts, { seal: "checksum" });

/** The saved state from which a training that was cut off goes on. */
export const resumeStateIn = ({ directory }: Place): string => join(directory, "resume");
