import { z } from "zod";
import { methodKindsInWords } from "../../../config/index.ts";
import type { MethodSummary } from "../../generated/report.ts";
import { adjustForMany } from "../../measure/paired-tests.ts";
import { count, measuredSchema, number } from "../../measure/schema.ts";
import type { ArmTallies } from "../../measure/tallies.ts";
import { passTally } from "../../metrics/sampled.ts";
import { ratio, total } from "../../metrics/tally.ts";
import { roleOf, roles } from "../../run/roles.ts";
import { numbers } from "../feature.ts";
import { checkedSteps } from "../training-data/steps.ts";

export const methodSummarySchema = measuredSchema.extend({
  method: z.string().meta({ description: `its kind: ${methodKindsInWords}` }),
  role: z.enum(roles).meta({ description: "the part it plays in the comparison" }),
  settings: z.record(z.string(), z.unknown()).meta({ description: "as the experiment gives them" }),
  k: count.meta({ description: "samples a question: the k of majority and passAtMost" }),
  passAtK: z
    .record(z.string(), number.nullable())
    .meta({ description: "pass@j by j, from 1 to k: the unbiased estimator" }),
  counts: z
    .object({
      questions: count.meta({ description: "of the split that is measured on" }),
      samples: count.meta({ description: "its own samples on them" }),
      heldOutQuestions: count.meta({ description: "questions whose samples of the VFT model it scored" }),
      heldOutQuestionsWithPair: count.meta({ description: "of those: with a right and a wrong sample" }),
      pairs: count.meta({ description: "of a right and a wrong sample of one question" }),
      greedyWithoutAnswer: count.meta({ description: "greedy answers in which no final answer was found" }),
      greedyCutOff: count.meta({ description: "greedy answers that had not ended at the length limit" }),
      samplesWithoutAnswer: count.meta({ description: "samples in which no final answer was found" }),
      rightAnswers: count.meta({ description: "right samples whose steps were checked" }),
      rightAnswersWrongSteps: count.meta({ description: "of those: with a wrong step" }),
      wrongAnswers: count
        .default(0)
        .meta({ description: "samples with an answer that is wrong, whose steps were checked" }),
      wrongAnswersRightSteps: count.default(0).meta({ description: "of those: with right steps only" }),
    })
    .meta({ description: "what the numbers are over, summed over the seeds" }),
});

export const results = numbers({
  schema: {
    methods: z
      .array(methodSummarySchema)
      .meta({ description: "over the questions of all trained tasks, pooled: each question counts once" }),
  },
  compute: ({ drawn, measured }) => {
    const methods = drawn.methods.map(
      (method, at): MethodSummary => ({
        ...method,
        role: roleOf(method),
        ...measured[at]!,
        ...sampleNumbers(drawn.draws[at]!.arms),
      }),
    );
    adjustForMany(methods);
    return { methods };
  },
});

function sampleNumbers(arms: readonly ArmTallies[]): Pick<MethodSummary, "k" | "passAtK" | "counts"> {
  const k = Math.max(0, ...arms.map((arm) => arm.k));
  const samples = arms.flatMap(({ arm }) => arm.samples);
  const candidates = samples.flatMap((group) => group.candidates);
  const predictions = arms.flatMap(({ arm }) => arm.predictions);
  const sumOf = (series: "assessmentMicro" | "assessmentMacro") =>
    arms.reduce((sum, arm) => sum + total(arm.series[series]), 0);
  return {
    k,
    passAtK: Object.fromEntries(
      Array.from({ length: k }, (_, at) => [
        at + 1,
        ratio(samples.map((group) => passTally(group.candidates, at + 1))),
      ]),
    ),
    counts: {
      questions: predictions.length,
      samples: candidates.length,
      heldOutQuestions: arms.reduce((sum, { arm }) => sum + arm.heldOut.length, 0),
      heldOutQuestionsWithPair: sumOf("assessmentMacro"),
      pairs: sumOf("assessmentMicro"),
      greedyWithoutAnswer: predictions.filter(({ extracted }) => extracted === null).length,
      greedyCutOff: predictions.filter(({ finish }) => finish === "length").length,
      samplesWithoutAnswer: candidates.filter(({ extracted }) => extracted === null).length,
      ...checkedSteps(candidates),
    },
  };
}
