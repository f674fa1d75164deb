/** What the parts of report.json are put together from: metrics, differences to a baseline, shares. */
import { z } from "zod";
import { bestMetrics } from "../../config/index.ts";
import type { MetricName } from "../generated/report.ts";

export const number = z.number();
export const count = z.number().min(0);
export const name = z.string().meta({ description: "the method's name in the experiment" });
export const label = z.string().meta({ description: "its name in tables and charts" });
export const method = z.string().meta({ description: "the name of the method that it is about" });
export const seed = number.meta({ description: "the experiment's seed" });

export const interval = z.object({
  low: number.meta({ description: "the lower end" }),
  high: number.meta({ description: "the upper end" }),
});
export const overSeeds = z.object({
  mean: number.meta({ description: "over the seeds" }),
  std: number.meta({ description: "sample standard deviation (n - 1)" }),
  ...interval.shape,
});

const perSeed = z.object({
  seed,
  value: number.nullable().meta({ description: "with this seed; null where there is nothing to measure" }),
  n: count.meta({ description: "what stands below the line: questions, samples, pairs or candidates" }),
  interval: interval.nullable().meta({ description: "95 %, of this seed alone" }),
});

export const metricSchema = z.object({
  value: number.nullable().meta({ description: "mean over the seeds" }),
  interval: interval.nullable().meta({
    description:
      "95 %, for the questions being a sample; null for under 5 questions (Wilson's: for none), and for a perplexity that all questions agree in",
  }),
  intervalMethod: z.enum(["wilson", "bootstrap", "tasks"]).meta({
    description:
      "bootstrap: percentile, over questions, of the mean over the seeds (of a share that all questions agree in: Wilson's for none of them departing from it); tasks: the tasks' intervals put together",
  }),
  perSeed: z.array(perSeed).meta({ description: "the same for each seed" }),
  overSeeds: overSeeds
    .nullable()
    .meta({ description: "mean, std (n - 1), Student's 95 %; null for one seed" }),
});

export const differenceSchema = z.object({
  value: number.nullable().meta({ description: "this method minus the baseline, mean over the seeds" }),
  interval: interval.nullable().meta({
    description:
      "paired bootstrap over questions, 95 %; of a share in which no question differs, what Wilson's limit for none leaves open",
  }),
  overSeeds: overSeeds.nullable().meta({ description: "of the seeds' own differences; null for one seed" }),
  clear: z.boolean().meta({
    description:
      "by itself, not among many: no interval that there is (over questions, over the seeds) includes 0, and p, where there is one, is below .05",
  }),
  p: number.nullable().meta({
    description:
      "two-sided, paired sign-flip permutation test over questions, a question's seeds one unit (greedy accuracy of one seed: McNemar's, which is the same); null for metrics that are not tested",
  }),
  pHolm: number
    .nullable()
    .meta({ description: "p after Holm's adjustment over all methods compared with this baseline" }),
  simultaneous: interval.nullable().optional().meta({
    description:
      "what the verdict goes by: 95 % for all methods compared with this baseline together, with 0 where pHolm does not rule it out, and with overSeeds; only of what is tested, and none in older reports",
  }),
});

/** A share of questions, or of whatever is counted, without a story of seeds. */
export const shareSchema = z.object({
  value: number.nullable().meta({ description: "in [0, 1]; null where n is 0" }),
  interval: interval.nullable().meta({ description: "95 %" }),
  n: count.meta({ description: "what it is a share of" }),
});

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
