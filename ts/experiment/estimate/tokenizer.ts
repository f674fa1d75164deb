/** How the texts of an experiment are counted in tokens, by the tokenizer that its model has or will have. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "../../bridge/index.ts";
import type { CreatedModel } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import { tokenizerTexts } from "../stages/create.ts";
import type { Count } from "./lengths.ts";

/** By the tokenizer of a model that is there: a folder or a hub id. */
export const countWith =
  (worker: Worker, source: { source: string; revision?: string }): Count =>
  async (texts) =>
    (await worker.request("tokens/count", { ...source, texts: [...texts] })).counts;

export interface TrainedTokenizer {
  count: Count;
  vocabularySize: number;
  /** Deletes its folder. */
  remove(): Promise<void>;
}

/** The tokenizer that a run will train, trained now on the same questions, in a folder that is gone afterwards. */
export async function trainTokenizer(
  worker: Worker,
  { tokenizer }: CreatedModel,
  questions: readonly Question[],
): Promise<TrainedTokenizer> {
  const folder = await mkdtemp(join(tmpdir(), "aft-estimate-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const directory = join(folder, "tokenizer");
  try {
    const texts = tokenizerTexts(questions);
    const { vocabularySize } = await worker.request("tokenizer/train", { ...tokenizer, texts, directory });
    return { count: countWith(worker, { source: directory }), vocabularySize, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
