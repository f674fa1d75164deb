import { z } from "zod";
import { labelSchema, rankingSchema } from "./ranking.ts";
import { trainingSchema } from "./training.ts";
import { count, flag, positive, positiveNumber, text } from "./values.ts";

const k = positive.default(6);
const temperature = positiveNumber
  .default(1)
  .meta({ description: "of the samples; 1: the model's own distribution" });
const topP = z
  .number()
  .gt(0)
  .max(1)
  .default(1)
  .meta({ description: "nucleus sampling; 1: off, the model's own distribution" });
const maxNewTokens = positive
  .default(512)
  .meta({ description: "a response that has not ended by then is cut off" });

export const sampleSchema = z.strictObject({
  questions: positive
    .optional()
    .meta({ description: "how many training questions are sampled; all when left out" }),
  k: k.meta({ description: "responses a question, before duplicates are dropped" }),
  temperature,
  topP,
  maxNewTokens,
  seed: count.optional().meta({ description: "of the samples; the run's own seed when left out" }),
});

export const judgeSchema = z.strictObject({
  extract: z.enum(["strict", "flexible"]).default("strict").meta({
    description:
      "strict: the answer must stand in the task's own form (#### 42); flexible: what is stated in usual words, or the last number",
  }),
  feedback: z.enum(["binary", "ranked"]).default("binary").meta({
    description:
      "binary: right or wrong by the final answer; ranked: each COT also gets a rank, by `ranking`",
  }),
  ranking: rankingSchema.optional().meta({
    description:
      "what ranks go by under ranked feedback: steps (the default), score, reward, rank, or generators by strength",
  }),
  label: labelSchema.default("answer").meta({
    description:
      "answer: a positive has the right final answer; answer-and-steps: and right steps, of which there is at least one; where none could be read it is left out",
  }),
  groupsFile: text.optional().meta({
    description:
      "groups of your own (JSON Lines), in the place of sampling and judging training questions; relative to this file",
  }),
});

export const watchSchema = z.strictObject({
  every: count.default(0).meta({ description: "steps between two looks at held-out questions; 0: none" }),
  questions: positive
    .default(200)
    .meta({ description: "how many validation questions; as many as there are when there are fewer" }),
  accuracy: flag
    .default(false)
    .meta({ description: "also decode greedily at each look, beside AAccuracy and perplexity" }),
  patience: positive.optional().meta({
    description:
      "stop a method after this many looks without a better accuracy, and keep its best weights (accuracy is then measured)",
  }),
});
export type Watch = z.output<typeof watchSchema>;

export const evaluateSchema = z.strictObject({
  split: z
    .enum(["test", "validation"])
    .default("test")
    .meta({ description: "choose settings on validation, report on test" }),
  questions: positive
    .optional()
    .meta({ description: "how many questions of the split are used; all when left out" }),
  k: k.meta({ description: "sampled responses a question, for AAccuracy, maj@k and pass@k" }),
  temperature,
  topP,
  maxNewTokens,
  greedy: flag.default(true).meta({ description: "also decode greedily: the accuracy of the tables" }),
});

/** How often the steps from sampling to evaluation are gone through. */
export const roundsSchema = z.strictObject({
  // Each is planned as stages of its own: a mistyped number is refused, not planned until memory ends.
  count: positive.max(1000).default(1).meta({
    description: "how many; from the second on each method samples from its own weights and trains on that",
  }),
  start: z.enum(["previous", "vft"]).default("previous").meta({
    description:
      "the weights that a later round trains: those of the round before, or vft: those that the first round started from",
  }),
  reference: z.enum(["previous", "vft"]).default("previous").meta({
    description:
      "whose log-probabilities a method with a reference model goes by in a later round: the last weights', or vft: as in the first",
  }),
  questions: z.enum(["fresh", "same"]).default("fresh").meta({
    description:
      "fresh: each round takes the next stages.sample.questions, from the beginning again where they end; same: those of the first round",
  }),
});
export type Rounds = z.output<typeof roundsSchema>;

/** The settings of each stage, in the order in which they run. */
export const stagesSchema = z.strictObject({
  vft: trainingSchema
    .prefault({})
    .meta({ description: "vanilla fine-tuning: maximum likelihood on the reference COTs" }),
  sample: sampleSchema.prefault({}).meta({ description: "sampling COTs from the VFT model" }),
  judge: judgeSchema
    .prefault({})
    .meta({ description: "deciding by its final answer whether a COT is right" }),
  align: trainingSchema
    .prefault({})
    .meta({ description: "the further training that every method gets; a method's `train` overrides it" }),
  watch: watchSchema
    .prefault({})
    .meta({ description: "what is measured on validation questions while a method trains" }),
  evaluate: evaluateSchema.prefault({}).meta({ description: "measuring every method on held-out questions" }),
});
export type Stages = z.output<typeof stagesSchema>;
