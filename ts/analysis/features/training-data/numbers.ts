import { z } from "zod";
import { isUnchecked } from "../../../core/records.ts";
import { count, number, seed } from "../../measure/schema.ts";
import type { RunData } from "../../run/run-data.ts";
import { numbers } from "../feature.ts";
import { checkedSteps } from "./steps.ts";

const trainGroupsSchema = z.object({
  seed,
  counts: z.record(z.string(), number).meta({ description: "what the judge counted, by its name" }),
  groups: count.meta({ description: "training questions with samples" }),
  candidates: count.meta({ description: "their samples" }),
  withPair: count.meta({ description: "groups with a right and a wrong sample" }),
  withoutPositive: count.meta({ description: "groups without a right sample: VFT loss only" }),
  withoutNegative: count.meta({ description: "groups without a wrong sample: VFT loss only" }),
  labelledBySteps: z
    .boolean()
    .default(false)
    .meta({ description: "a right answer by wrong steps counts as wrong" }),
  rightAnswers: count.meta({ description: "samples with a right answer whose steps were checked" }),
  rightAnswersWrongSteps: count.meta({ description: "of those: with a wrong step" }),
  wrongAnswers: count
    .default(0)
    .meta({ description: "samples with a wrong answer whose steps were checked" }),
  wrongAnswersRightSteps: count.default(0).meta({ description: "of those: with right steps only" }),
});

export const trainingData = numbers({
  schema: {
    trainGroups: z
      .array(trainGroupsSchema)
      .meta({ description: "what the methods learned from, seed by seed" }),
  },
  compute: ({ run }) => ({ trainGroups: run.trainGroups.map(summariseGroups) }),
});

function summariseGroups({ seed, counts, groups }: RunData["trainGroups"][number]) {
  const candidates = groups.flatMap((group) => group.candidates);
  const sides = groups.map((group) => ({
    positive: group.candidates.some(({ correct }) => correct),
    negative: group.candidates.some((candidate) => !candidate.correct && !isUnchecked(candidate)),
  }));
  return {
    seed,
    counts,
    groups: groups.length,
    candidates: candidates.length,
    withPair: sides.filter(({ positive, negative }) => positive && negative).length,
    withoutPositive: sides.filter(({ positive }) => !positive).length,
    withoutNegative: sides.filter(({ negative }) => !negative).length,
    labelledBySteps: candidates.some(({ answerCorrect }) => typeof answerCorrect === "boolean"),
    ...checkedSteps(candidates),
  };
}
