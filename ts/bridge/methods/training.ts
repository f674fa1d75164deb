/** Training runs, step by step. */
import { z } from "zod";
import {
  count,
  handle,
  loss,
  maxTokensPerBatch,
  method,
  optimizer,
  path,
  positive,
  progressCount,
  schedule,
  stepMetrics,
  trainGroup,
} from "../messages.ts";

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
