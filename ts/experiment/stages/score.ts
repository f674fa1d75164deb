import { join } from "node:path";
import { openAppend, readJsonl } from "../../core/jsonl.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import { sumOf } from "../worker/sampling.ts";
import { scoreInOrder } from "../worker/scoring.ts";
import type { Start } from "./base.ts";
import type { OfTask } from "./by-task.ts";
import { labelOf, type PlanNode, withModel } from "./context.ts";

/**
 * Scores what a method trains on under the weights that it starts from: groups.jsonl, each candidate with `score`,
 * `logprob` and `tokens`, each group with `referenceLogprob` and `referenceTokens` for its reference COT. DPO's
 * reference model is these weights (arXiv 2305.18290), and an automatic boundary is worked out from them.
 */
export function scoreNode(start: Start, { task, node: groups }: OfTask, seed: number): OfTask {
  const node: PlanNode = {
    stage: "score",
    ...(groups.task === undefined ? {} : { task: groups.task }),
    seed,
    settings: start.settings,
    inputs: { ...start.inputs, groups },
    async work(context, inputs) {
      const groups = await readJsonl(join(inputs.groups!.directory, "groups.jsonl"), groupSchema);
      return withModel(context, start.source(inputs), async (worker, { model, digest }) => {
        const file = join(context.directory, "groups.jsonl");
        const output = await openAppend<Group>(file);
        try {
          // What an interrupted run has scored is kept: these are the same groups under the same weights.
          const before = await readJsonl(file, groupSchema);
          await scoreInOrder(groups.slice(before.length).map(withReference), {
            worker,
            model,
            maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
            label: labelOf(node),
            progress: context.progress,
            signal: context.signal,
            take: (scored) => output.append(scored.map(withoutReference)),
          });
        } finally {
          await output.close();
        }
        const scored = await readJsonl(file, groupSchema);
        return { questions: scored.length, tokens: sumOf(scored, tokensOf), weights: digest };
      });
    },
  };
  return { task, node };
}

/** Of the responses that were scored. */
const tokensOf = ({ candidates, referenceTokens }: Group): number =>
  sumOf(candidates, ({ tokens }) => tokens!) + (typeof referenceTokens === "number" ? referenceTokens : 0);

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
