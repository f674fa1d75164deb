/** What the parts of report.json are put together from. */
import { z } from "zod";

export const number = z.number();
export const count = z.number().min(0);
export const interval = z.object({ low: number, high: number });
export const overSeeds = interval.extend({ mean: number, std: number });

const perSeed = z.object({
  seed: number,
  value: number.nullable(),
  n: count.meta({ description: "what stands below the line: questions, samples, pairs or candidates" }),
  interval: interval.nullable(),
});

export const metricSchema = z.object({
  value: number.nullable().meta({ description: "mean over the seeds" }),
  interval: interval.nullable().meta({
    description:
      "95 %, for the test questions being a sample; null for under 5 questions (Wilson's: for none), and for a perplexity that all questions agree in",
  }),
  intervalMethod: z.enum(["wilson", "bootstrap", "tasks"]).meta({
    description:
      "bootstrap: percentile, over questions, of the mean over the seeds (of a share that all questions agree in: Wilson's for none of them departing from it); tasks: the tasks' intervals put together",
  }),
  perSeed: z.array(perSeed),
  overSeeds: overSeeds
    .nullable()
    .meta({ description: "mean, std (n - 1), Student's 95 %; null for one seed" }),
});
/** One number of one method: its value, interval and count, and the same for each seed. */
export type Metric = z.infer<typeof metricSchema>;

export const differenceSchema = z.object({
  value: number.nullable().meta({ description: "this method minus the baseline, mean over the seeds" }),
  interval: interval.nullable().meta({
    description:
      "paired bootstrap over questions, 95 %; of a share in which no question differs, what Wilson's limit for none leaves open",
  }),
  overSeeds: overSeeds.nullable(),
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
});
/** A metric of one method minus that of a baseline, on the same questions. */
export type Difference = z.infer<typeof differenceSchema>;

/** A share of questions, or of whatever is counted, without a story of seeds. */
export const shareSchema = z.object({
  value: number.nullable(),
  interval: interval.nullable().meta({ description: "95 %" }),
  n: count,
});
export type Share = z.infer<typeof shareSchema>;
