/**
 * Scores what a method trains on under the weights that it starts from: groups.jsonl, each candidate with `score`,
 * `logprob` and `tokens`, each group with `referenceLogprob` and `referenceTokens` for its reference COT. DPO's
 * reference model is these weights (arXiv 2305.18290), and an automatic boundary is worked out from them.
 */
import { z } from "zod";
import type { Group } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import { withModel } from "../worker/loaded-model.ts";
import { scoreGroups, withReference } from "../worker/scoring.ts";
import { scoringCost } from "./cost.ts";
import { groupsFile } from "./judge.ts";
import type { PlanNode } from "./node.ts";
import { defineStage } from "./stage.ts";
import { sourceOf, type Weights, weightsInputs, weightsKey } from "./weights.ts";

export interface ScoreParams {
  start: Weights;
  groups: PlanNode;
}

export const score = defineStage({
  name: "score",
  codeVersion: 2,
  files: { groups: groupsFile },
  facts: z.object({
    questions: z.int(),
    tokens: z.int(),
    weights: z.string().meta({ description: "digest of the weights that scored" }),
  }),
  settings: ({ start }: ScoreParams) => weightsKey(start),
  inputs: ({ start, groups }: ScoreParams) => ({ ...weightsInputs(start), groups }),
  async run(context, { start }, inputs) {
    const groups = await groupsFile.read(inputs.groups);
    return withModel(context, { source: sourceOf(start, inputs) }, async (worker, { model, digest }) => {
      const output = await groupsFile.append(context, (text) => context.progress.note(text));
      try {
        // What an interrupted run has scored is kept: these are the same groups under the same weights.
        const scoredBefore = await groupsFile.read(context);
        const { maxTokensPerBatch } = context.experiment.worker;
        await scoreGroups(
          groups.slice(scoredBefore.length).map(withReference),
          { ...context, worker, model, maxTokensPerBatch, from: scoredBefore.length },
          (scored) => output.append(scored.map(withoutReference)),
        );
      } finally {
        await output.close();
      }
      const scored = await groupsFile.read(context);
      return { questions: scored.length, tokens: sumOf(scored, tokensOf), weights: digest };
    });
  },
  cost: (_, { groups }) => ({ scored: scoringCost(groups) }),
  expected: (_, { groups }) => groups,
});

/** Of the responses that were scored. */
const tokensOf = ({ candidates, referenceTokens }: Group): number =>
  sumOf(candidates, ({ tokens }) => tokens!) + (typeof referenceTokens === "number" ? referenceTokens : 0);

function withoutReference(group: Group): Group {
  if (group.reference === undefined) return group;
  const { logprob, tokens } = group.candidates.at(-1)!;
  return {
    ...group,
    candidates: group.candidates.slice(0, -1),
    referenceLogprob: logprob,
    referenceTokens: tokens,
  };
}
