import { z } from "zod";
import { slug } from "./patterns.ts";

/** The metrics that a best cell can be chosen by: of all of them more is better. */
export const bestMetrics = [
  "accuracy",
  "sampledAccuracy",
  "majority",
  "passAtMost",
  "assessmentMicro",
  "assessmentMacro",
] as const;

const values = z.array(z.unknown()).min(1);
const cell = z.record(z.string(), z.unknown());

/** One file, many experiments. Keys are dotted paths, as `--set` takes them. */
export const sweepSchema = z.strictObject({
  matrix: z
    .record(z.string(), values)
    .optional()
    .meta({ description: "keys, each with a list of values: a cell for every combination" }),
  pairs: z.record(z.string(), values).optional().meta({
    description: "keys with lists of equal length that go together: a cell for each place in the lists",
  }),
  include: z.array(cell).default([]).meta({ description: "further cells, each a map of keys to values" }),
  exclude: z
    .array(cell)
    .default([])
    .meta({ description: "leaves out the cells that have all values of one of these maps" }),
  best: z
    .strictObject({
      metric: z
        .enum(bestMetrics)
        .default("accuracy")
        .meta({ description: "what is highest in the best cell" }),
      method: slug.optional().meta({ description: "of which method; of any when left out" }),
    })
    .prefault({})
    .meta({ description: "how the best cell is chosen" }),
});
export type Sweep = z.output<typeof sweepSchema>;
export type BestBy = Sweep["best"];
