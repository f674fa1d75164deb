import { z } from "zod";
import { methodSchema } from "./methods/index.ts";
import { modelSchema } from "./schema/model.ts";
import { runName, slug } from "./schema/patterns.ts";
import { roundsSchema, stagesSchema } from "./schema/stages.ts";
import { sweepSchema } from "./schema/sweep.ts";
import { mixtureSchema, taskKinds, taskName, taskSchema } from "./schema/tasks/index.ts";
import { trackingSchema } from "./schema/tracking.ts";
import { count, positive } from "./schema/values.ts";
import { reportSchema, workerSchema } from "./schema/worker.ts";

function refuseEqualNames(tasks: readonly z.output<typeof taskSchema>[], context: z.RefinementCtx): void {
  const names = tasks.map(taskName);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at)
      context.addIssue({
        code: "custom",
        input: name,
        path: [at, tasks[at]!.name === undefined ? "task" : "name"],
        message: "a second task of this name",
        params: { expected: "a `name` of its own for each task" },
      });
}

const shape = {
  name: runName.meta({ description: "lower-case letters, digits and dashes; also the run's folder" }),
  description: z.string().default("").meta({ description: "what the experiment asks, in a sentence" }),
  seeds: z
    .array(count)
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, {
      message: "a seed is given twice",
      params: { expected: "seeds that all differ" },
    })
    .default([1])
    .meta({ description: "the whole experiment runs once for each; the report gives mean and spread" }),
  model: modelSchema.meta({
    description:
      "the base model: created, from a folder, a GGUF file, the hub or `aft model get`; a bare text is a folder, a file that ends in .gguf, a name of `aft model get` or a hub name",
  }),
  tasks: z
    .array(taskSchema)
    .min(1)
    .superRefine(refuseEqualNames)
    .refine((tasks) => tasks.length === 0 || tasks.some(({ use }) => use === "train"), {
      message: "no task to train on: all have use: evaluate",
      params: { expected: "at least one task with use: train" },
    })
    .meta({ description: "what is learned, and what else is evaluated" }),
  mixture: mixtureSchema.prefault({}).meta({ description: "several tasks: how they share the training" }),
  stages: stagesSchema.prefault({}).meta({ description: "the settings of each stage" }),
  rounds: roundsSchema.prefault({}).meta({
    description:
      "how often methods sample anew from their own weights and train again; a number: that many rounds",
  }),
  methods: z
    .record(slug, methodSchema)
    .refine((methods) => Object.keys(methods).length > 0, {
      message: "no methods to compare",
      params: { expected: "at least one method" },
    })
    .meta({ description: "what is compared: a name of your choice, then the method and its settings" }),
  worker: workerSchema.prefault({}).meta({ description: "where and how the training process runs" }),
  report: reportSchema.prefault({}).meta({ description: "what the report shows" }),
  tracking: trackingSchema
    .prefault({})
    .meta({ description: "where the numbers of training also go; changes no result" }),
};

/** A whole experiment with every default filled in, `extends` resolved and paths absolute. */
export const experimentSchema = z.strictObject(shape);

export type { Experiment } from "./generated/experiment.ts";

/** `gsm8k`, `{task: gsm8k, ...}` or `{gsm8k: {...}}`. */
const writtenTask = z.union([
  z.enum(taskKinds),
  taskSchema,
  z.partialRecord(z.enum(taskKinds), z.record(z.string(), z.unknown())),
]);

/** What one YAML file may hold: any part of an experiment, and the files it builds on. For editors. */
export const experimentFileSchema = z
  .strictObject({
    ...shape,
    sweep: sweepSchema.meta({
      description: "makes this file many experiments, which differ in the keys named here",
    }),
    extends: z.union([z.string(), z.array(z.string())]).meta({
      description:
        "files that this one builds on, relative to it, merged in order with this file last: maps merge, lists and single values replace, `key: null` removes",
    }),
    rounds: z.union([positive, shape.rounds]).meta(z.globalRegistry.get(shape.rounds) ?? {}),
    model: z.union([z.string(), shape.model]).meta(z.globalRegistry.get(shape.model) ?? {}),
    tasks: z.union([z.array(writtenTask), writtenTask]).meta({
      description: "what is learned, and what else is evaluated: each by its name, or with its settings",
    }),
    task: writtenTask.meta({ description: "short for `tasks` with one task: its name, or its settings" }),
  })
  .partial();
