import { z } from "zod";
import { count, differenceSchema, label, metricSchema, name, shareSchema } from "../../measure/schema.ts";

/** How one answer a question is come by: greedily, by a vote of k samples, or as the best-scored of them. */
export const decodings = ["greedy", "majority", "best"] as const;
export type Decoding = (typeof decodings)[number];
export const curveNames = ["majority", "best", "pass"] as const;
export type CurveName = (typeof curveNames)[number];

export const bySizeSchema = shareSchema.extend({
  size: count.meta({ description: "j: how many samples are used" }),
});

export const selfConsistencySchema = z.object({
  k: count.meta({ description: "samples a test question" }),
  baseline: z
    .string()
    .optional()
    .meta({ description: "the method whose greedy and maj@k answers the others are held against" }),
  methods: z
    .array(
      z.object({
        name,
        label,
        curves: z
          .object({
            majority: z.array(bySizeSchema).meta({ description: "maj@j: the most frequent answer of j" }),
            best: z
              .array(bySizeSchema)
              .meta({ description: "the best-scored of j; empty where a sample has no score" }),
            pass: z.array(bySizeSchema).meta({ description: "pass@j: one of j is right" }),
          })
          .meta({ description: "share right by how many of the k samples are used" }),
        decodings: z
          .array(
            z.object({
              decoding: z.enum(decodings).meta({ description: "how one answer a question is come by" }),
              samples: count.meta({ description: "a question" }),
              accuracy: metricSchema.meta({ description: "share of the questions answered rightly" }),
              againstGreedy: differenceSchema
                .nullable()
                .meta({ description: "minus the baseline's greedy answers; null: it is that" }),
              againstMajority: differenceSchema
                .nullable()
                .meta({ description: "minus the baseline's vote of k samples; null: it is that" }),
            }),
          )
          .meta({ description: "greedy, by vote, and best-scored" }),
      }),
    )
    .meta({ description: "in the order of the table" }),
});
