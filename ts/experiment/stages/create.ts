import { join } from "node:path";
import type { CreatedModel, Model } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import type { Artefact } from "../store/store.ts";
import { artefactsIn, type OfTask, rolesOf } from "./by-task.ts";
import { checkpointIn, type PlanNode, type StageContext } from "./context.ts";
import { readSplit } from "./questions.ts";

/** A base model from scratch: a tokenizer trained on the training questions of all trained tasks, and random weights. */
export const createNode = (
  model: Model,
  create: CreatedModel,
  seed: number,
  questions: readonly OfTask[],
): PlanNode => ({
  stage: "create",
  seed,
  settings: { create, dtype: model.dtype, seed },
  inputs: rolesOf("questions", questions),
  work: async (context, inputs) => createModel(context, create, seed, artefactsIn("questions", inputs)),
});

/** What a tokenizer is trained on: the prompts and references of training questions. */
export const tokenizerTexts = (questions: readonly Question[]): string[] =>
  questions.flatMap(({ question, prompt, reference }) => [
    typeof prompt === "string" ? prompt : question,
    reference ?? "",
  ]);

async function createModel(
  { worker: start, directory, experiment }: StageContext,
  create: CreatedModel,
  seed: number,
  from: readonly Artefact[],
): Promise<Record<string, unknown>> {
  const questions = (await Promise.all(from.map((one) => readSplit(one, "train")))).flat();
  const texts = tokenizerTexts(questions);
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
