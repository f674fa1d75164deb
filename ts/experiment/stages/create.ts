import { join } from "node:path";
import type { CreatedModel, Model } from "../../config/index.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { questionSchema } from "../../core/records.ts";
import { taskNamed } from "../../data/index.ts";
import { checkpointIn, type PlanNode, type StageContext } from "../context.ts";

/** A base model from scratch: a tokenizer trained on the training questions, and random weights. */
export const createNode = (
  model: Model,
  create: CreatedModel,
  seed: number,
  questions: PlanNode,
): PlanNode => ({
  stage: "create",
  seed,
  settings: { create, dtype: model.dtype, seed },
  inputs: { questions },
  work: async (context, inputs) => createModel(context, create, seed, inputs.questions!.directory),
});

async function createModel(
  { worker: start, directory, experiment }: StageContext,
  create: CreatedModel,
  seed: number,
  questionsDirectory: string,
): Promise<Record<string, unknown>> {
  const questions = await readJsonl(join(questionsDirectory, "train.jsonl"), questionSchema);
  const texts = questions.flatMap((question) => [
    taskNamed(question.task).promptOf(question),
    question.reference ?? "",
  ]);
  const worker = await start();
  const tokenizer = join(directory, "tokenizer");
  await worker.request("tokenizer/train", { ...create.tokenizer, texts, directory: tokenizer });
  const { tokenizer: _, ...sizes } = create;
  const created = await worker.request("model/create", {
    ...sizes,
    tokenizer,
    seed,
    dtype: experiment.model.dtype,
    attention: experiment.model.attention,
    device: experiment.worker.device,
  });
  await worker.request("model/save", { model: created.model, directory: checkpointIn({ directory }) });
  await worker.request("model/unload", { model: created.model });
  return {
    parameters: created.parameters,
    vocabularySize: created.vocabularySize,
    digest: created.digest,
    tokenizerDigest: created.tokenizerDigest,
  };
}
