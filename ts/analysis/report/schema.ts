/** report.json: every number of a report with its count and interval. Shares are in [0, 1], never in percent. */
import { z } from "zod";
import { bestMetrics, methodKindsInWords } from "../../config/index.ts";
import { reliabilitySchema } from "../features/assessor/numbers.ts";
import { costSchema } from "../features/cost/numbers.ts";
import { difficultySchema } from "../features/difficulty/schema.ts";
import { provenanceSchema } from "../features/record/numbers.ts";
import { selfConsistencySchema } from "../features/self-consistency/schema.ts";
import { trainedArmSchema } from "../features/training/numbers.ts";
import type { MetricName } from "../generated/report.ts";
import {
  count,
  differenceSchema,
  label,
  method,
  metricSchema,
  name,
  number,
  seed,
} from "../measure/schema.ts";
import { promptInfoSchema, stageRunSchema, taskInfoSchema } from "../run/run-data.ts";

export type {
  Comparison,
  Diagnostic,
  Difference,
  Measured,
  MethodSummary,
  Metric,
  MetricName,
  RunSummary,
  TaskSummary,
} from "../generated/report.ts";
export { metricSchema } from "../measure/schema.ts";

/** The part a method plays in the comparison. */
export const roles = ["kept", "continued", "rft", "unconstrained", "detached", "boundary", "other"] as const;
export type Role = (typeof roles)[number];

/** Those of which more is better, and perplexity, of which less is. */
export const metricNames = [
  ...bestMetrics,
  "perplexityPositive",
  "perplexityNegative",
] as const satisfies readonly MetricName[];

/** What each is, in a sentence. */
const metricDescriptions: Readonly<Record<MetricName, string>> = {
  accuracy: "share of the questions that are answered rightly by greedy decoding",
  sampledAccuracy: "share of the samples at the experiment's temperature whose answer is right",
  majority: "share right by the most frequent answer of k samples; tied winners count by their expectation",
  passAtMost: "share of the questions with a right answer among k samples",
  assessmentMicro:
    "share of (right, wrong) pairs in which the right one has the higher score, pooled over pairs",
  assessmentMacro: "the same, averaged over questions",
  perplexityPositive: "exp(-score), averaged over the right solutions",
  perplexityNegative: "exp(-score), averaged over the wrong solutions",
};

const ofEachMetric = <S extends z.ZodType>(schema: S): z.ZodObject<Record<MetricName, S>> =>
  z.object(
    Object.fromEntries(
      metricNames.map((name) => [name, schema.meta({ description: metricDescriptions[name] })]),
    ) as Record<MetricName, S>,
  );

export const metricsSchema = ofEachMetric(metricSchema);
export const differencesSchema = ofEachMetric(differenceSchema);

export const comparisonSchema = z.object({
  baseline: z.string().meta({ description: "the name of the method that it is compared with" }),
  role: z.enum(["continued", "kept"]).meta({ description: "the baseline's part in the comparison" }),
  differences: differencesSchema.meta({ description: "this method minus the baseline, metric by metric" }),
  mcnemar: z
    .array(
      z.object({
        seed,
        onlyThis: count.meta({ description: "questions that this method alone answers rightly (greedy)" }),
        onlyBaseline: count.meta({ description: "questions that the baseline alone answers rightly" }),
        p: number.meta({ description: "exact, two-sided" }),
      }),
    )
    .meta({ description: "McNemar's test of greedy accuracy, seed by seed" }),
});

/** What is measured of a method on any set of questions. */
export const measuredSchema = z.object({
  name,
  label,
  metrics: metricsSchema.meta({ description: "its numbers" }),
  byMode: z
    .object({
      strict: metricSchema.meta({ description: "the answer stands in the task's own form" }),
      flexible: metricSchema.meta({ description: "the answer stands anywhere" }),
      difference: differenceSchema
        .optional()
        .meta({ description: "flexible minus strict, of the same texts; older reports have none" }),
    })
    .optional()
    .meta({ description: "greedy accuracy by both rules of extraction; `accuracy` is one of them" }),
  comparisons: z.array(comparisonSchema).meta({ description: "against each baseline that is there" }),
});

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

export const taskSummarySchema = taskInfoSchema.extend({
  questions: count.meta({ description: "of the split that is measured on" }),
  methods: z
    .array(measuredSchema)
    .meta({ description: "on this task alone; pHolm is adjusted for all methods on all tasks" }),
});

const macroSchema = z.object({
  tasks: z.array(z.string()).meta({ description: "the tasks that the means are over" }),
  methods: z.array(measuredSchema).meta({
    description:
      "means over the tasks, intervals put together from the tasks'; mcnemar does not apply and is empty",
  }),
});

export const diagnosticSchema = z.object({
  id: z
    .enum([
      "overfit-to-assessing",
      "positives-less-likely",
      "warned-while-training",
      "gain-over-continued-vft",
      "unequal-training",
      "out-of-distribution",
      "groups-without-pair",
      "right-by-wrong-steps",
      "wrong-by-right-steps",
      "answers-not-in-form",
      "unreadable-output",
    ])
    .meta({ description: "what was looked at" }),
  level: z.enum(["fine", "note", "warning"]).meta({ description: "how much it matters" }),
  method: method.optional(),
  text: z.string().meta({ description: "what was found, in a sentence or two" }),
  evidence: z.record(z.string(), number.nullable()).meta({ description: "the numbers that it rests on" }),
});

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

export const runSummarySchema = z.object({
  schemaVersion: z.literal(1).meta({ description: "of this form of report.json" }),
  name: z.string().meta({ description: "the experiment's name" }),
  description: z.string().optional().meta({ description: "what the experiment asks" }),
  finishedAt: z.string().meta({ description: "ISO 8601" }),
  device: z.string().meta({ description: "on which device the run was made" }),
  seeds: z.array(number).meta({ description: "the whole experiment was run once for each" }),
  resamples: count.meta({ description: "draws of every bootstrap" }),
  split: z
    .enum(["train", "validation", "test"])
    .default("test")
    .meta({ description: "which questions everything is measured on" }),
  methods: z
    .array(methodSummarySchema)
    .meta({ description: "over the questions of all trained tasks, pooled: each question counts once" }),
  tasks: z
    .array(taskSummarySchema)
    .default([])
    .meta({ description: "each task apart, those that are evaluated only (out of distribution) too" }),
  macro: macroSchema
    .optional()
    .meta({ description: "each trained task counts once; only there where there are several" }),
  prompts: z.array(promptInfoSchema).optional().meta({ description: "how each task's questions are put" }),
  reliability: reliabilitySchema
    .optional()
    .meta({ description: "is the score a good assessor? by method; older reports have none" }),
  selfConsistency: selfConsistencySchema
    .optional()
    .meta({ description: "greedy answers against votes of samples; only with samples" }),
  difficulty: difficultySchema
    .optional()
    .meta({ description: "accuracy by steps; only where questions differ in them" }),
  trainGroups: z
    .array(trainGroupsSchema)
    .meta({ description: "what the methods learned from, seed by seed" }),
  training: z
    .array(trainedArmSchema)
    .default([])
    .meta({ description: "boundaries, looks and warnings, by method and seed" }),
  diagnostics: z.array(diagnosticSchema).meta({ description: "what the numbers say, in words" }),
  stages: z.array(stageRunSchema).meta({ description: "every stage with its time and memory" }),
  cost: costSchema.optional().meta({ description: "what the run took, by stage and by method" }),
  provenance: provenanceSchema
    .optional()
    .meta({ description: "weights, data and command; older reports have none" }),
  versions: z.record(z.string(), z.string()).meta({ description: "of packages and languages, by name" }),
  configYaml: z.string().meta({ description: "the whole experiment, every default filled in" }),
});
