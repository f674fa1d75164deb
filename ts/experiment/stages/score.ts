import { join } from "node:path";
import { readJsonl, writeJsonl } from "../../core/jsonl.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import { labelOf, type PlanNode, withModel } from "../context.ts";
import { scoreAll } from "../scoring.ts";
import type { Start } from "./base.ts";

/**
 * Scores what a method trains on under the weights that it starts from: groups.jsonl, each candidate with `score`,
 * `logprob` and `tokens`, each group with `referenceLogprob` and `referenceTokens` for its reference COT. DPO's
 * reference model is these weights (arXiv 2305.18290), and an automatic boundary is worked out from them.
 */
export function scoreNode(start: Start, groups: PlanNode, seed: number): PlanNode {
  const node: PlanNode = {
    stage: "score",
    seed,
    settings: start.settings,
    inputs: { ...start.inputs, groups },
    async work(context, inputs) {
      const unscored = await readJsonl(join(inputs.groups!.directory, "groups.jsonl"), groupSchema);
      return withModel(context, start.source(inputs), async (worker, { model, digest }) => {
        const { groups: scored, tokens } = await scoreAll(unscored.map(withReference), {
          worker,
          model,
          maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
          label: labelOf(node),
          progress: context.progress,
          signal: context.signal,
        });
        await writeJsonl(join(context.directory, "groups.jsonl"), scored.map(withoutReference));
        return { questions: scored.length, tokens, weights: digest };
      });
    },
  };
  return node;
}

/** The reference is scored as one response more, the last. */
const withReference = (group: Group): Group =>
  group.reference === undefined
    ? group
    : {
        ...group,
        candidates: [...group.candidates, { text: group.reference, extracted: group.answer, correct: true }],
      };

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
