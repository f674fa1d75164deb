import { join } from "node:path";
import type { TrainGroup } from "../../bridge/index.ts";
import type { Training } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { type Question, questionSchema } from "../../core/records.ts";
import { labelOf, type PlanNode } from "../context.ts";
import { trainFrom } from "../training.ts";
import { adapterKey, type Base, baseInputs, baseSource, trainingKey } from "./base.ts";
import { promptOf } from "./sample.ts";

/** Step 1: maximum likelihood on the reference COTs of all training questions. */
export function vftNode(base: Base, questions: PlanNode, settings: Training, seed: number): PlanNode {
  const node: PlanNode = {
    stage: "vft",
    seed,
    settings: { ...trainingKey(settings), ...base.settings, ...adapterKey(base), seed },
    inputs: { ...baseInputs(base), questions },
    async work(context, inputs) {
      const rows = await readJsonl(join(inputs.questions!.directory, "train.jsonl"), questionSchema);
      return trainFrom(baseSource(base, inputs), context, {
        groups: rows.map(referenceGroup),
        settings,
        loss: { kind: "vft" },
        seed,
        label: labelOf(node),
      });
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
    ...promptOf(question),
    responses: [{ text: question.reference, target: true }],
  };
}
