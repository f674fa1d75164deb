import { join } from "node:path";
import type { Experiment } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import { promptDigest } from "../../data/index.ts";
import type { Artefact } from "../store/store.ts";
import { sampleInto } from "../worker/sampling.ts";
import type { TaskQuestions } from "./by-task.ts";
import { checkpointIn, labelOf, type PlanNode, withModel } from "./context.ts";
import { readSplit, type SplitName } from "./questions.ts";

type Sampling = Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens"> & {
  /** The split whose first `questions` questions are sampled; all when undefined. */
  split: SplitName;
  questions: number | undefined;
  seed: number;
  /** Texts that end a response. */
  stop: readonly string[];
};

/** Step 2: k COTs a question from the VFT model, into an append-only candidates.jsonl. */
export function sampleNode(
  vft: PlanNode,
  { questions, shown }: Pick<TaskQuestions, "questions" | "shown">,
  { stop, ...settings }: Sampling,
  seed: number,
): PlanNode {
  const node: PlanNode = {
    stage: "sample",
    ...(shown === undefined ? {} : { task: shown }),
    ...(settings.split === "train" ? {} : { variant: settings.split }),
    seed,
    settings: { ...settings, ...(stop.length === 0 ? {} : { stop }) },
    inputs: { checkpoint: vft, questions },
    async work(context, inputs) {
      const rows = await readQuestions(inputs.questions!, settings.split, settings.questions);
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
          stop,
          maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
          label: labelOf(node),
          progress: context.progress,
          signal: context.signal,
        });
        const prompts = promptDigest(rows.map((row) => promptOf(row).prompt));
        return { ...counts, questions: rows.length, weights: digest, prompts };
      });
    },
  };
  return node;
}

/** What the model is given for a question: the stage that read the questions has put it there. */
export function promptOf({ id, prompt }: Question): { id: string; prompt: string } {
  if (typeof prompt !== "string")
    throw failure({
      what: `question "${id}" carries no prompt`,
      found: prompt,
      expected: "the text that the model is given",
    });
  return { id, prompt };
}

/** The first `count` questions of a split, or all. */
export async function readQuestions(
  questions: Artefact,
  split: SplitName,
  count: number | undefined,
): Promise<Question[]> {
  const rows = await readSplit(questions, split);
  return count === undefined ? rows : rows.slice(0, count);
}
