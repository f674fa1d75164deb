import { z } from "zod";
import { count } from "../numbers.ts";
import { common, file, seed, some } from "./common.ts";

/** GSM8K questions with ranked candidates, tested as GSM8K is. */
export const gsm8kRankTaskSchema = z.strictObject({
  ...common,
  task: z.literal("gsm8k-rank").meta({ description: "GSM8K questions whose candidates are ranked" }),
  trainFile: z.string().min(1).optional().meta({
    description:
      "JSON Lines of {question, answer?, candidates} rows, each candidate with a rank or a score, relative to this file",
  }),
  gsm8kTrainFile: file("GSM8K's training split, where rows without an answer find it by their question"),
  testFile: file("GSM8K's test split"),
  train: some("training"),
  validation: count.default(100).meta({ description: "training questions set aside for choosing settings" }),
  test: some("test"),
  generators: z.array(z.string().min(1)).min(2).optional().meta({
    description:
      "names of what generated the candidates, the best first: ranks candidates that carry a `generator` and no rank or score",
  }),
  seed: seed("which training questions are set aside and used"),
});
export type Gsm8kRankTask = z.output<typeof gsm8kRankTaskSchema>;
