import { z } from "zod";
import { common, file, seed, some, someOrNone } from "./common.ts";

const rows = "JSON Lines of {question, options, rationale, correct} rows";

/** AQuA-RAT, read from the published, untokenized files. */
export const aquaTaskSchema = z.strictObject({
  ...common,
  task: z.literal("aqua").meta({ description: "AQuA-RAT: algebra with five options" }),
  trainFile: file(`${rows}, the training split`),
  devFile: file(`${rows}, the published dev split, which is the validation split`),
  testFile: file(`${rows}, the test split`),
  train: some("training"),
  validation: someOrNone("dev"),
  test: some("test"),
  seed: seed("which training questions are used, where `train` takes some of them"),
});
export type AquaTask = z.output<typeof aquaTaskSchema>;
