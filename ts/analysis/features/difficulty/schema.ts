import { z } from "zod";
import { count, differenceSchema, label, metricSchema, name } from "../../measure/schema.ts";

const inBinSchema = z.object({
  name,
  label,
  accuracy: metricSchema.meta({ description: "greedy, on the questions of this bin" }),
  againstContinued: differenceSchema
    .nullable()
    .meta({ description: "minus continued VFT; pHolm over all methods in all bins" }),
});

/** Greedy accuracy by how many steps the reference solution has. */
export const difficultySchema = z.object({
  unknown: count.meta({ description: "questions whose reference has no steps that could be counted" }),
  bins: z
    .array(
      z.object({
        from: count.meta({ description: "fewest steps" }),
        to: count.meta({ description: "most steps" }),
        questions: count.meta({ description: "test questions with so many steps" }),
        methods: z.array(inBinSchema).meta({ description: "in the order of the table" }),
      }),
    )
    .meta({ description: "from the fewest steps to the most" }),
});
