/** report.json: every number of a report with its count and interval. Shares are in [0, 1], never in percent. */
import { z } from "zod";
import { costSchema } from "./cost.ts";
import { difficultySchema } from "./difficulty.ts";
import { promptInfoSchema, stageRunSchema, taskInfoSchema } from "./input.ts";
import { provenanceSchema } from "./provenance.ts";
import { reliabilitySchema } from "./reliability.ts";
import { count, differenceSchema, metricSchema, number } from "./schemaParts.ts";
import { selfConsistencySchema } from "./selfConsistency.ts";
import { trainedArmSchema } from "./trained.ts";

export { type Difference, type Metric, metricSchema } from "./schemaParts.ts";

/** The part a method plays in the comparison. */
export const roles = ["kept", "continued", "rft", "unconstrained", "detached", "boundary", "other"] as const;
export type Role = (typeof roles)[number];

export const metricNames = [
  "accuracy",
  "sampledAccuracy",
  "majority",
  "passAtMost",
  "assessmentMicro",
  "assessmentMacro",
  "perplexityPositive",
  "perplexityNegative",
] as const;
/** The metrics that every method is measured by. */
export type MetricName = (typeof metricNames)[number];

const metricsSchema = z.object(
  Object.fromEntries(metricNames.map((name) => [name, metricSchema])) as Record<
    MetricName,
    typeof metricSchema
  >,
);

export const comparisonSchema = z.object({
  baseline: z.string(),
  role: z.enum(["continued", "kept"]),
  differences: z.object(
    Object.fromEntries(metricNames.map((name) => [name, differenceSchema])) as Record<
      MetricName,
      typeof differenceSchema
    >,
  ),
  mcnemar: z.array(
    z.object({
      seed: number,
      onlyThis: count.meta({ description: "questions that this method alone answers rightly (greedy)" }),
      onlyBaseline: count,
      p: number.meta({ description: "exact, two-sided" }),
    }),
  ),
});
/** A method against a baseline, metric by metric. */
export type Comparison = z.infer<typeof comparisonSchema>;

/** What is measured of a method on any set of questions. */
const measuredSchema = z.object({
  name: z.string(),
  label: z.string(),
  metrics: metricsSchema,
  byMode: z
    .object({
      strict: metricSchema,
      flexible: metricSchema,
      difference: differenceSchema
        .optional()
        .meta({ description: "flexible minus strict, of the same texts; older reports have none" }),
    })
    .optional()
    .meta({ description: "greedy accuracy by both rules of extraction; `accuracy` is one of them" }),
  comparisons: z.array(comparisonSchema),
});
export type Measured = z.infer<typeof measuredSchema>;

const methodSummarySchema = measuredSchema.extend({
  method: z.string(),
  role: z.enum(roles),
  settings: z.record(z.string(), z.unknown()),
  k: count.meta({ description: "samples a test question: the k of majority and passAtMost" }),
  passAtK: z.record(z.string(), number.nullable()),
  counts: z.object({
    questions: count,
    samples: count,
    heldOutQuestions: count,
    heldOutQuestionsWithPair: count,
    pairs: count,
    greedyWithoutAnswer: count,
    greedyCutOff: count,
    samplesWithoutAnswer: count,
    rightAnswers: count.meta({ description: "right samples whose steps were checked" }),
    rightAnswersWrongSteps: count,
    wrongAnswers: count
      .default(0)
      .meta({ description: "samples with an answer that is wrong, whose steps were checked" }),
    wrongAnswersRightSteps: count.default(0),
  }),
});
/** One method: its settings, its numbers, and how they differ from the baselines. */
export type MethodSummary = z.infer<typeof methodSummarySchema>;

const taskSummarySchema = taskInfoSchema.extend({
  questions: count.meta({ description: "test questions" }),
  methods: z
    .array(measuredSchema)
    .meta({ description: "on this task alone; pHolm is adjusted for all methods on all tasks" }),
});
export type TaskSummary = z.infer<typeof taskSummarySchema>;

const macroSchema = z.object({
  tasks: z.array(z.string()),
  methods: z.array(measuredSchema).meta({
    description:
      "means over the tasks, intervals put together from the tasks'; mcnemar does not apply and is empty",
  }),
});

export const diagnosticSchema = z.object({
  id: z.enum([
    "overfit-to-assessing",
    "positives-less-likely",
    "warned-while-training",
    "gain-over-continued-vft",
    "out-of-distribution",
    "groups-without-pair",
    "right-by-wrong-steps",
    "wrong-by-right-steps",
    "answers-not-in-form",
    "unreadable-output",
  ]),
  level: z.enum(["fine", "note", "warning"]),
  method: z.string().optional(),
  text: z.string(),
  evidence: z.record(z.string(), number.nullable()),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

const trainGroupsSchema = z.object({
  seed: number,
  counts: z.record(z.string(), number),
  groups: count,
  candidates: count,
  withPair: count,
  withoutPositive: count,
  withoutNegative: count,
  labelledBySteps: z
    .boolean()
    .default(false)
    .meta({ description: "a right answer by wrong steps counts as wrong" }),
  rightAnswers: count,
  rightAnswersWrongSteps: count,
  wrongAnswers: count.default(0),
  wrongAnswersRightSteps: count.default(0),
});

export const runSummarySchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  description: z.string().optional(),
  finishedAt: z.string(),
  device: z.string(),
  seeds: z.array(number),
  resamples: count,
  methods: z
    .array(methodSummarySchema)
    .meta({ description: "over the test questions of all trained tasks, pooled: each question counts once" }),
  tasks: z
    .array(taskSummarySchema)
    .default([])
    .meta({ description: "each task apart, those that are evaluated only (out of distribution) too" }),
  macro: macroSchema
    .optional()
    .meta({ description: "each trained task counts once; only there where there are several" }),
  prompts: z.array(promptInfoSchema).optional(),
  reliability: reliabilitySchema.optional(),
  selfConsistency: selfConsistencySchema.optional(),
  difficulty: difficultySchema.optional(),
  trainGroups: z.array(trainGroupsSchema),
  training: z.array(trainedArmSchema).default([]),
  diagnostics: z.array(diagnosticSchema),
  stages: z.array(stageRunSchema),
  cost: costSchema.optional(),
  provenance: provenanceSchema.optional(),
  versions: z.record(z.string(), z.string()),
  configYaml: z.string(),
});
/** report.json: every number of a run. */
export type RunSummary = z.infer<typeof runSummarySchema>;
