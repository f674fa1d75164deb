import { z } from "zod";
import { count } from "../numbers.ts";
import { common, file, seed, some } from "./common.ts";

/** GSM8K, read from the user's own copy of the files. */
export const gsm8kTaskSchema = z.strictObject({
  ...common,
  task: z.literal("gsm8k").meta({ description: "GSM8K: grade-school word problems" }),
  trainFile: file("JSON Lines of {question, answer} rows, the training split"),
  testFile: file("JSON Lines of {question, answer} rows, the test split"),
  train: some("training"),
  validation: count.default(500).meta({ description: "training questions set aside for choosing settings" }),
  test: some("test"),
  annotations: z.enum(["keep", "strip"]).default("keep").meta({
    description:
      "of the references' calculator annotations, `<<48/2=24>>`: keep: as published; strip: left out",
  }),
  seed: seed("which training questions are set aside and used"),
});
export type Gsm8kTask = z.output<typeof gsm8kTaskSchema>;
