import { join } from "node:path";
import type { TrainGroup } from "../../bridge/index.ts";
import type { Training } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { type Question, questionSchema } from "../../core/records.ts";
import { taskNamed } from "../../data/index.ts";
import { labelOf, type PlanNode, withModel } from "../context.ts";
import { train } from "../training.ts";
import { type Base, baseInputs, baseSource, trainingKey } from "./base.ts";

/** Step 1: maximum likelihood on the reference COTs of all training questions. */
export function vftNode(base: Base, questions: PlanNode, settings: Training, seed: number): PlanNode {
  const node: PlanNode = {
    stage: "vft",
    seed,
    settings: { ...trainingKey(settings), ...base.settings, seed },
    inputs: { ...baseInputs(base), questions },
    async work(context, inputs) {
      const rows = await readJsonl(join(inputs.questions!.directory, "train.jsonl"), questionSchema);
      return withModel(context, baseSource(base, inputs), (worker, { model }) =>
        train({
          worker,
          model,
          groups: rows.map(referenceGroup),
          settings,
          loss: { kind: "vft" },
          seed,
          directory: context.directory,
          maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
          label: labelOf(node),
          progress: context.progress,
          signal: context.signal,
        }),
      );
    },
  };
  return node;
}

/** A question with its reference COT as the one target. */
export function referenceGroup(question: Question): TrainGroup {
  if (question.reference === undefined)
    throw failure({
      what: `question "${question.id}" has no reference COT to be trained on`,
      expected: "a `reference` in every training question",
    });
  return {
    id: question.id,
    prompt: taskNamed(question.task).promptOf(question),
    responses: [{ text: question.reference, target: true }],
  };
}
