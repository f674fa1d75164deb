import type { TrainGroup } from "../../bridge/index.ts";
import type { Training } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import { mixtureOf, trainFrom } from "../train/training.ts";
import { adapterKey, type Base, baseInputs, baseSource, trainingKey } from "./base.ts";
import { artefactsIn, type OfTask, rolesOf, type Sharing } from "./by-task.ts";
import { labelOf, type PlanNode } from "./context.ts";
import { readSplit } from "./questions.ts";
import { promptOf } from "./sample.ts";

/** Step 1: maximum likelihood on the reference COTs of all training questions. */
export function vftNode(
  base: Base,
  questions: readonly OfTask[],
  settings: Training,
  sharing: Sharing | undefined,
  seed: number,
): PlanNode {
  const node: PlanNode = {
    stage: "vft",
    seed,
    settings: {
      ...trainingKey(settings),
      ...base.settings,
      ...adapterKey(base),
      ...(sharing === undefined ? {} : { mixture: sharing }),
      seed,
    },
    inputs: { ...baseInputs(base), ...rolesOf("questions", questions) },
    async work(context, inputs) {
      const splits = artefactsIn("questions", inputs).map((one) => readSplit(one, "train"));
      const rows = (await Promise.all(splits)).flat();
      return trainFrom(baseSource(base, inputs), context, {
        groups: rows.map(referenceGroup),
        settings,
        loss: { kind: "vft" },
        seed,
        label: labelOf(node),
        ...mixtureOf(sharing, rows),
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
