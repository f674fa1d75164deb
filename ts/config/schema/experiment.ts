import { z } from "zod";
import { methodSchema } from "./methods.ts";
import { modelSchema } from "./model.ts";
import { count } from "./numbers.ts";
import { slug } from "./patterns.ts";
import { stagesSchema } from "./stages.ts";
import { taskSchema } from "./tasks.ts";
import { reportSchema, workerSchema } from "./worker.ts";

const shape = {
  name: slug.meta({ description: "lower-case letters, digits and dashes; also the run's folder" }),
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
      "the base model: created, from a folder, or from the hub; a bare text is a folder or hub name",
  }),
  tasks: z
    .array(taskSchema)
    .min(1)
    .refine((tasks) => tasks.length <= 1, {
      message: "more than one task: training on several at once is not supported yet",
      params: { expected: "one task" },
      when: ({ value }) => Array.isArray(value),
    })
    .meta({ description: "what is learned; one task for now" }),
  stages: stagesSchema.prefault({}).meta({ description: "the settings of each stage" }),
  methods: z
    .record(slug, methodSchema)
    .refine((methods) => Object.keys(methods).length > 0, {
      message: "no methods to compare",
      params: { expected: "at least one method" },
    })
    .meta({ description: "what is compared: a name of your choice, then the method and its settings" }),
  worker: workerSchema.prefault({}).meta({ description: "where and how the training process runs" }),
  report: reportSchema.prefault({}).meta({ description: "what the report shows" }),
};

/** A whole experiment with every default filled in, `extends` resolved and paths absolute. */
export const experimentSchema = z.strictObject(shape);
export type Experiment = z.output<typeof experimentSchema>;

/** What one YAML file may hold: any part of an experiment, and the files it builds on. For editors. */
export const experimentFileSchema = z
  .strictObject({
    ...shape,
    extends: z.union([z.string(), z.array(z.string())]).meta({
      description:
        "files that this one builds on, relative to it, merged in order with this file last: maps merge, lists and single values replace, `key: null` removes",
    }),
    model: z.union([z.string(), shape.model]).meta(z.globalRegistry.get(shape.model) ?? {}),
  })
  .partial();
