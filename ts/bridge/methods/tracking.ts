/** Experiment trackers, which the worker's libraries write to. */
import { z } from "zod";
import { count, handle, method, path } from "../messages.ts";

const trackerKind = z.enum(["tensorboard", "wandb", "mlflow", "trackio"]);

const trackedPoint = z
  .object({ step: count, values: z.record(z.string(), z.number()) })
  .meta({ id: "TrackedPoint", type: "object" });

const trackerFailure = z
  .string()
  .optional()
  .meta({ description: "why the tracker takes nothing any more; told once" });

export const trackingMethods = {
  "track/open": method({
    description: "opens a run of an experiment tracker",
    params: z.object({
      kind: trackerKind,
      directory: path.meta({ description: "of this run alone; holds what is needed to go on with it" }),
      key: z
        .string()
        .min(1)
        .meta({ description: "what is tracked; a directory of another key begins a new run" }),
      mode: z.enum(["new", "resume", "add"]).meta({
        description:
          "new: a run of its own; resume: goes on, what it has been given is left out; add: goes on, and takes all",
      }),
      name: z.string().min(1).meta({ description: "of the run, for people" }),
      config: z.string().meta({ description: "JSON text of an object, kept beside the run; no secrets" }),
      settings: z.record(z.string(), z.string()).meta({
        description: "wandb: project, entity?, mode?; mlflow: experiment, uri?; trackio: project",
      }),
      waitSeconds: z
        .number()
        .positive()
        .meta({ description: "as long opening and closing are waited for, and no longer" }),
    }),
    result: z.object({
      tracker: handle.optional(),
      unavailable: z.string().optional().meta({ description: "why there is no tracker" }),
    }),
  }),
  "track/log": method({
    description: "sends numbers to a tracker",
    params: z.object({ tracker: handle, points: z.array(trackedPoint).min(1) }),
    result: z.object({ failed: trackerFailure }),
  }),
  "track/close": method({
    description: "closes a tracker once it has sent everything",
    params: z.object({ tracker: handle }),
    result: z.object({ failed: trackerFailure }),
  }),
};
