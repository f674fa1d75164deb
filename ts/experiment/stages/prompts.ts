/** The questions with the `prompt` that the base model's own chat template makes of each conversation. */

import { defined } from "../../core/defined.ts";
import type { Question } from "../../core/records.ts";
import type { Conversation, SplitName } from "../../data/index.ts";
import type { PlanNode } from "./node.ts";
import { eachSplit, readSplit, splitFacts, splitFiles, writeSplits } from "./questions.ts";
import { defineStage } from "./stage.ts";
import { sourceOf, type Weights, weightsInputs, weightsKey } from "./weights.ts";

export interface PromptsParams {
  questions: PlanNode;
  base: Weights;
  revision: string | undefined;
}

export const prompts = defineStage({
  name: "prompts",
  codeVersion: 1,
  files: splitFiles,
  facts: splitFacts,
  settings: ({ base }: PromptsParams) => weightsKey(base),
  inputs: ({ base, questions }: PromptsParams) => ({ ...weightsInputs(base), questions }),
  async run(context, { base, revision }, inputs) {
    const worker = await context.worker();
    const tokenizer = { source: sourceOf(base, inputs), ...defined({ revision }) };
    const prompted = async (split: SplitName): Promise<Question[]> => {
      const rows = await readSplit(inputs.questions, split);
      if (rows.length === 0) return [];
      const conversations = rows.map(({ conversation }) => ({ messages: conversation as Conversation }));
      const { texts } = await worker.request("prompt/render", { ...tokenizer, conversations });
      return rows.map(({ conversation: _, ...row }, at) => ({ ...row, prompt: texts[at]! }));
    };
    return writeSplits(context, await eachSplit(prompted));
  },
  expected: (_, { questions }) => questions,
});
