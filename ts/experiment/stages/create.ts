/** A base model from scratch: a tokenizer trained on the training questions of all trained tasks, and random weights. */
import { join } from "node:path";
import { z } from "zod";
import type { CreatedModel } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import { weightsIn } from "../store/files.ts";
import type { OfTask } from "./by-task.ts";
import { splitFiles } from "./questions.ts";
import { defineStage } from "./stage.ts";

export interface CreateParams {
  create: CreatedModel;
  dtype: string;
  seed: number;
  questions: readonly OfTask[];
}

export const create = defineStage({
  name: "create",
  codeVersion: 1,
  files: {},
  facts: z.object({
    parameters: z.int(),
    vocabularySize: z.int(),
    digest: z.string(),
    tokenizerDigest: z.string(),
  }),
  settings: ({ create, dtype, seed }: CreateParams) => ({ create, dtype, seed }),
  inputs: ({ questions }: CreateParams) => ({ questions }),
  async run(context, { create, seed }, inputs) {
    const { directory, experiment } = context;
    const texts = tokenizerTexts(await splitFiles.train.readAll(inputs.questions));
    const worker = await context.worker();
    const tokenizer = join(directory, "tokenizer");
    await worker.request("tokenizer/train", { ...create.tokenizer, texts, directory: tokenizer });
    const { tokenizer: _, ...sizes } = create;
    const { model, ...created } = await worker.request("model/create", {
      ...sizes,
      tokenizer,
      seed,
      dtype: experiment.model.dtype,
      attention: experiment.model.attention,
      device: experiment.worker.device,
    });
    await worker.request("model/save", { model, directory: weightsIn({ directory }) });
    await worker.request("model/unload", { model });
    const { parameters, vocabularySize, digest, tokenizerDigest } = created;
    return { parameters, vocabularySize, digest, tokenizerDigest };
  },
  expected: (_, { questions: [first = {}] }) => first,
});

/** What a tokenizer is trained on: the prompts and references of training questions. */
export const tokenizerTexts = (questions: readonly Question[]): string[] =>
  questions.flatMap(({ question, prompt, reference }) => [
    typeof prompt === "string" ? prompt : question,
    reference ?? "",
  ]);
