import { z } from "zod";
import { flag, text } from "./values.ts";

/** A user and a password in an address would stand in every record of the run. */
const uri = text
  .refine((value) => !/:\/\/[^/]*@/.test(value), {
    message: "an address with a user or a password in it",
    params: {
      expected: "the address alone; MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD hold the rest",
    },
  })
  .meta({
    description: "MLflow's server or store; MLFLOW_TRACKING_URI, or mlflow's own place, when left out",
  });

/** Where the numbers of training also go. Changes no result, and is in no artefact's key. */
export const trackingSchema = z.strictObject({
  tensorboard: flag.default(true).meta({
    description: "event files in the run's folder, for `tensorboard --logdir runs/NAME`",
  }),
  wandb: z
    .strictObject({
      project: text.meta({ description: "the project that the runs go to" }),
      entity: text.optional().meta({ description: "user or team; your own when left out" }),
      mode: z.enum(["online", "offline", "disabled"]).optional().meta({
        description: "offline: files for `wandb sync`; WANDB_MODE, or online, when left out",
      }),
    })
    .optional()
    .meta({ description: "Weights & Biases; its key is taken from WANDB_API_KEY or `wandb login`" }),
  mlflow: z
    .strictObject({
      uri: uri.optional(),
      experiment: text.optional().meta({
        description: "MLflow's experiment; the name of this one when left out",
      }),
    })
    .optional()
    .meta({ description: "MLflow; `{}` where its own settings suffice" }),
  trackio: z
    .strictObject({ project: text.meta({ description: "the project that the runs go to" }) })
    .optional()
    .meta({ description: "trackio, a local dashboard" }),
});
export type Tracking = z.output<typeof trackingSchema>;
