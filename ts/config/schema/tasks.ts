import { z } from "zod";
import { count, positive, range } from "./numbers.ts";

/** Seeded multi-step word problems, generated: no download. */
export const arithmeticTaskSchema = z.strictObject({
  task: z.literal("arithmetic").meta({ description: "generated multi-step word problems" }),
  train: positive.default(20_000).meta({ description: "training questions" }),
  validation: count.default(500).meta({ description: "validation questions: settings are chosen on these" }),
  test: positive.default(1_000).meta({ description: "test questions: reported, never tuned on" }),
  seed: count.default(1).meta({ description: "the questions depend on this and on the settings below only" }),
  items: range
    .default([2, 4])
    .meta({ description: "[fewest, most] items a question: each is a step or two of reasoning" }),
  multiplier: range
    .default([2, 9])
    .meta({ description: "[smallest, largest] factor in '7 boxes of 4 keys'" }),
  amount: range.default([2, 20]).meta({ description: "[smallest, largest] plain amount and gift" }),
  maxTotal: positive.default(99).meta({ description: "no intermediate result and no answer is above this" }),
  operations: z
    .array(z.enum(["multiply", "add", "subtract"]))
    .min(1)
    .default(["multiply", "add", "subtract"])
    .meta({
      description: "multiply: 'boxes of', add: several items are summed, subtract: gifts are taken away",
    }),
  form: z.enum(["clean", "labelled"]).default("clean").meta({
    description:
      "clean: every step bears on the answer; labelled: named intermediate results that a wrong COT can get away with (label noise)",
  }),
});
export type ArithmeticTask = z.output<typeof arithmeticTaskSchema>;

/** GSM8K from files on disk (`aft data get gsm8k` fetches them). */
export const gsm8kTaskSchema = z.strictObject({
  task: z.literal("gsm8k").meta({ description: "grade-school mathematics (7,473 / 1,319 questions)" }),
  trainFile: z
    .string()
    .min(1)
    .meta({ description: "JSON Lines of the training split, relative to this file" }),
  testFile: z.string().min(1).meta({ description: "JSON Lines of the test split, relative to this file" }),
  train: positive.optional().meta({ description: "use this many training questions; all when left out" }),
  validation: count.default(500).meta({ description: "training questions set aside for choosing settings" }),
  test: positive.optional().meta({ description: "use this many test questions; all when left out" }),
  seed: count.default(1).meta({ description: "which training questions are set aside and used" }),
});
export type Gsm8kTask = z.output<typeof gsm8kTaskSchema>;

export const taskSchema = z.discriminatedUnion("task", [arithmeticTaskSchema, gsm8kTaskSchema]);
export type Task = z.output<typeof taskSchema>;
