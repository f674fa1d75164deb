import { z } from "zod";
import { common, seed, some, someOrNone } from "./common.ts";

/** ECQA, joined with CommonsenseQA by id. */
export const ecqaTaskSchema = z.strictObject({
  ...common,
  task: z.literal("ecqa").meta({ description: "ECQA: common sense with five options and explanations" }),
  folder: z.string().min(1).optional().meta({
    description:
      "where ecqa.jsonl, author_split/ and cqa/ lie as published, relative to this file; when left out that of `aft data get`",
  }),
  train: some("training"),
  validation: someOrNone("validation"),
  test: some("test"),
  seed: seed("which training questions are used, where `train` takes some of them"),
});
export type EcqaTask = z.output<typeof ecqaTaskSchema>;
