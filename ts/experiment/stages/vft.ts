/** Step 1: maximum likelihood on the reference COTs of all training questions. */
import type { TrainGroup } from "../../bridge/index.ts";
import type { Training } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import type { Question } from "../../core/records.ts";
import type { Sharing } from "../train/training.ts";
import { promptOf } from "../worker/sampling.ts";
import type { OfTask } from "./by-task.ts";
import { trainingCost } from "./cost.ts";
import { splitFiles } from "./questions.ts";
import { defineStage } from "./stage.ts";
import { mixtureOf, trainingFacts, trainingFiles, trainOn } from "./train-on.ts";
import { type Base, sourceOf, trainingKey, weightsInputs } from "./weights.ts";

export interface VftParams {
  base: Base;
  questions: readonly OfTask[];
  training: Training;
  sharing: Sharing | undefined;
  seed: number;
}

export const vft = defineStage({
  name: "vft",
  codeVersion: 2,
  files: trainingFiles,
  facts: trainingFacts,
  settings: ({ base, training, sharing, seed }: VftParams) => ({
    ...trainingKey(training, base.weights, base.adapter),
    ...defined({ mixture: sharing }),
    seed,
  }),
  inputs: ({ base, questions }: VftParams) => ({ ...weightsInputs(base.weights), questions }),
  async run(context, { base, training, sharing, seed }, inputs) {
    const rows = await splitFiles.train.readAll(inputs.questions);
    return trainOn(context, {
      source: sourceOf(base.weights, inputs),
      groups: rows.map(referenceGroup),
      settings: training,
      loss: { kind: "vft" },
      seed,
      ...mixtureOf(sharing, rows),
    });
  },
  cost: ({ training }, { questions }) => ({
    trained: trainingCost(
      training,
      questions.map((expectation) => ({ ...expectation, share: 0 })),
    ),
  }),
  expected: (_, { questions: [first = {}] }) => first,
});

/** A question with its reference COT as the one target. */
function referenceGroup(question: Question): TrainGroup {
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
