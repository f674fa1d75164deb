import { z } from "zod";
import { common, file, seed, some } from "./common.ts";

/** MMLU's test split: evaluated, never trained on. */
export const mmluTaskSchema = z.strictObject({
  ...common,
  use: z
    .literal("evaluate")
    .default("evaluate")
    .meta({ description: "evaluate: it has no solutions to train on" }),
  task: z.literal("mmlu").meta({ description: "MMLU: 57 subjects with four options, out of distribution" }),
  testFile: file("Parquet or JSON Lines of {question, subject, choices, answer} rows"),
  subjects: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({ description: "only these subjects, such as high_school_physics; all 57 when left out" }),
  test: some("test"),
  seed: seed("which questions are used, where `test` takes some of them"),
});
export type MmluTask = z.output<typeof mmluTaskSchema>;
