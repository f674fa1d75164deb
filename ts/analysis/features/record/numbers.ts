import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import { count, number, seed } from "../../measure/schema.ts";
import { numbers } from "../feature.ts";

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
  samplers: z
    .array(
      z.object({
        name: z.string().meta({ description: "transformers or vllm" }),
        version: z.string().meta({ description: "of the library" }),
      }),
    )
    .optional()
    .meta({ description: "what drew the samples and the greedy answers; older runs do not tell" }),
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

/** How the questions of a task are put to the model, and one of them as the model got it. */
export const promptInfoSchema = z.object({
  task: z.string().meta({ description: "the task's name in the experiment" }),
  template: z.string().optional().meta({ description: "the name of the template" }),
  digest: z.string().meta({ description: "SHA-256: equal prompts, equal digest" }),
  first: z.string().meta({ description: "the first prompt, word by word" }),
});

/** One stage of the run, as its artefact tells it. */
export const stageRunSchema = z.object({
  stage: z.string().meta({ description: "create, vft, sample, judge, align, evaluate, ..." }),
  method: z.string().optional().meta({ description: "the method's name; none where all share the stage" }),
  task: z.string().optional().meta({ description: "where there are several" }),
  seed: z.number().meta({ description: "0: shared by all seeds" }),
  seconds: z.number().min(0).meta({ description: "of work, those before an interruption included" }),
  tokens: z.number().min(0).optional().meta({ description: "trained on, sampled or scored" }),
  peakResidentBytes: z
    .number()
    .min(0)
    .optional()
    .meta({ description: "the worker's highest main memory from its start to this stage's end" }),
  peakAcceleratorBytes: z.number().min(0).optional().meta({ description: "likewise, of all accelerators" }),
  reused: z.boolean().meta({ description: "made before, by this experiment or another" }),
  artefact: z.string().meta({ description: "its folder, relative to the run's" }),
});

/** What the run was. */
export const record = numbers({
  schema: {
    schemaVersion: z.literal(1).meta({ description: "of this form of report.json" }),
    name: z.string().meta({ description: "the experiment's name" }),
    description: z.string().optional().meta({ description: "what the experiment asks" }),
    finishedAt: z.string().meta({ description: "ISO 8601" }),
    device: z.string().meta({ description: "on which device the run was made" }),
    seeds: z.array(number).meta({ description: "the whole experiment was run once for each" }),
    resamples: count.meta({ description: "draws of every bootstrap" }),
    split: z
      .enum(["train", "validation", "test"])
      .default("test")
      .meta({ description: "which questions everything is measured on" }),
    prompts: z.array(promptInfoSchema).optional().meta({ description: "how each task's questions are put" }),
    stages: z.array(stageRunSchema).meta({ description: "every stage with its time and memory" }),
    provenance: provenanceSchema
      .optional()
      .meta({ description: "weights, data and command; older reports have none" }),
    versions: z.record(z.string(), z.string()).meta({ description: "of packages and languages, by name" }),
    configYaml: z.string().meta({ description: "the whole experiment, every default filled in" }),
  },
  compute: ({ run, resamples }) => {
    const { name, description, finishedAt, device, seeds, split = "test" } = run;
    const { prompts, stages, provenance, versions, configYaml } = run;
    return {
      schemaVersion: 1,
      ...{ name, finishedAt, device, seeds, resamples, split, stages, versions, configYaml },
      ...defined({ description, prompts, provenance }),
    };
  },
});
