import { join } from "node:path";
import type { Experiment } from "../../config/index.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { type Question, questionSchema } from "../../core/records.ts";
import { checkpointIn, labelOf, type PlanNode, withModel } from "../context.ts";
import { sampleInto } from "../sampling.ts";

type Sampling = Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens"> & {
  /** The split whose first `questions` questions are sampled; all when undefined. */
  split: "train" | "validation" | "test";
  questions: number | undefined;
  seed: number;
};

/** Step 2: k COTs a question from the VFT model, into an append-only candidates.jsonl. */
export function sampleNode(vft: PlanNode, questions: PlanNode, settings: Sampling, seed: number): PlanNode {
  const node: PlanNode = {
    stage: "sample",
    seed,
    settings,
    inputs: { checkpoint: vft, questions },
    async work(context, inputs) {
      const rows = await readQuestions(inputs.questions!.directory, settings.split, settings.questions);
      return withModel(context, checkpointIn(inputs.checkpoint!), async (worker, { model, digest }) => {
        const counts = await sampleInto(join(context.directory, "candidates.jsonl"), {
          worker,
          model,
          prompts: rows.map(promptOf),
          k: settings.k,
          temperature: settings.temperature,
          topP: settings.topP,
          maxNewTokens: settings.maxNewTokens,
          seed: settings.seed,
          maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
          label: `${labelOf(node)} (${settings.split})`,
          progress: context.progress,
          signal: context.signal,
        });
        return { ...counts, questions: rows.length, weights: digest };
      });
    },
  };
  return node;
}

/** What the model is given for a question: the questions stage has put it there. */
export const promptOf = (question: Question): { id: string; prompt: string } => ({
  id: question.id,
  prompt: question.prompt as string,
});

/** The first `count` questions of a split, or all. */
export async function readQuestions(directory: string, split: string, count: number | undefined) {
  const rows = await readJsonl(join(directory, `${split}.jsonl`), questionSchema);
  return count === undefined ? rows : rows.slice(0, count);
}
