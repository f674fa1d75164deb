/** Step 2: k COTs a question from the VFT model, in later rounds from a method's, into an append-only candidates.jsonl. */
import { z } from "zod";
import type { Experiment, Sampler } from "../../config/index.ts";
import { candidateSchema } from "../../core/records.ts";
import { promptDigest, type SplitName } from "../../data/index.ts";
import { RowsFile, weightsIn } from "../store/files.ts";
import { withModel } from "../worker/loaded-model.ts";
import { drawnSchema, promptOf, sampleInto, samplerSettings } from "../worker/sampling.ts";
import { samplingOf } from "./cost.ts";
import type { PlanNode } from "./node.ts";
import { partOf, readSplit } from "./questions.ts";
import { defineStage } from "./stage.ts";

export interface SampleParams {
  /** Whose weights are sampled. */
  checkpoint: PlanNode;
  questions: PlanNode;
  sampling: Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens"> & {
    /** The split whose first `questions` questions are sampled; all when undefined. */
    split: SplitName;
    questions: number | undefined;
    /** How many questions before these are left out, from the first again after the last. Left out: none. */
    skip?: number;
    seed: number;
  };
  /** Texts that end a response. */
  stop: readonly string[];
  sampler: Sampler["name"];
}

const candidates = new RowsFile("candidates.jsonl", candidateSchema);

export const sample = defineStage({
  name: "sample",
  codeVersion: 2,
  files: { candidates },
  facts: z.object({
    candidates: z.int(),
    tokens: z.int(),
    questions: z.int(),
    weights: z.string().meta({ description: "digest of the weights that were sampled" }),
    prompts: z.string().meta({ description: "digest of the prompts" }),
    sampler: drawnSchema.optional().meta({ description: "what drew the samples" }),
  }),
  settings: ({ sampling, stop, sampler }: SampleParams) => ({
    ...sampling,
    ...(stop.length === 0 ? {} : { stop }),
    ...samplerKey(sampler),
  }),
  inputs: ({ checkpoint, questions }: SampleParams) => ({ checkpoint, questions }),
  async run(context, { sampling, stop }, inputs) {
    const { split, questions, skip, ...settings } = sampling;
    const all = await readSplit(inputs.questions, split);
    const rows = partOf(all, questions, skip);
    // How many a file has is not known before.
    if (skip !== undefined && skip + rows.length > all.length)
      context.progress.note(
        `${context.label}: the ${all.length} questions do not reach for so many rounds: some come again (rounds.questions)`,
      );
    const prompts = rows.map(promptOf);
    const drawing = samplerSettings(context.experiment.worker);
    return withModel(context, { source: weightsIn(inputs.checkpoint) }, async (worker, { model, digest }) => {
      const options = { ...context, worker, model, prompts, ...settings, stop, ...drawing };
      const counts = await sampleInto(candidates.pathIn(context), options);
      const digestOfPrompts = promptDigest(prompts.map(({ prompt }) => prompt));
      return { ...counts, questions: rows.length, weights: digest, prompts: digestOfPrompts };
    });
  },
  cost: ({ sampling }, { questions }) => ({ sampled: [samplingOf(questions, sampling)] }),
  expected: ({ sampling }, { questions }) => ({ ...questions, samples: samplingOf(questions, sampling) }),
});

/** Each sampler draws samples of its own, so which one goes into the key: all but the one that needs no naming. */
export const samplerKey = (sampler: Sampler["name"]): { sampler?: Sampler["name"] } =>
  sampler === "transformers" ? {} : { sampler };
