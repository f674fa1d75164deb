import { z } from "zod";
import { count, positive, rangeWithin } from "../values.ts";
import { common } from "./published.ts";

/** Seeded multi-step word problems, generated: no download. */
export const arithmeticTaskSchema = z
  .strictObject({
    ...common,
    task: z.literal("arithmetic").meta({ description: "generated multi-step word problems" }),
    train: count.default(20_000).meta({
      description: "training questions; with use: evaluate none are made but for examples (fewShot)",
    }),
    validation: count
      .default(500)
      .meta({ description: "validation questions: settings are chosen on these" }),
    test: positive.default(1_000).meta({ description: "test questions: reported, never tuned on" }),
    seed: count
      .default(1)
      .meta({ description: "the questions depend on this and on the settings below, not on the run's seed" }),
    items: rangeWithin(2, 8)
      .default([2, 4])
      .meta({ description: "[fewest, most] things that happen in a question; more of them, more steps" }),
    multiplier: rangeWithin(1, 999)
      .default([2, 9])
      .meta({ description: "[smallest, largest] of both numbers in '7 boxes of 4 keys'" }),
    amount: rangeWithin(1, 9_999)
      .default([2, 20])
      .meta({ description: "[smallest, largest] number in 'finds 9 pens' and 'gives away 5 keys'" }),
    maxTotal: z
      .int()
      .min(9)
      .max(999_999)
      .default(99)
      .meta({ description: "no result on the way is greater (or below 0): 99 keeps to two digits" }),
    operations: z
      .array(z.enum(["multiply", "add", "subtract"]))
      .min(1)
      .refine((list) => list.includes("multiply") || list.includes("add"), {
        message: "something must be there before anything can be given away",
        params: { expected: "multiply or add among them" },
      })
      .default(["multiply", "add", "subtract"])
      .meta({
        description: "multiply: buys 7 boxes of 4 keys; add: finds 9 pens; subtract: gives away 5 keys",
      }),
    form: z.enum(["clean", "labelled"]).default("clean").meta({
      description:
        "clean: every step bears on the answer; labelled: each quantity is listed under its name first, so that right answers with wrong reasoning are common (label noise)",
    }),
    wording: z.enum(["terse", "story"]).optional().meta({
      description:
        "terse (when left out): few words, unlike things counted together; story: sentences as people write them, about things of one kind",
    }),
    repeats: positive.default(100).meta({
      description:
        "how often a split may hold the same numbers and operations in other words or another order",
    }),
  })
  .superRefine(({ use, train }, context) => {
    if (use === "train" && train === 0)
      context.addIssue({
        code: "custom",
        input: train,
        path: ["train"],
        message: "a task that is trained on needs training questions",
        params: { expected: "1 or more, or use: evaluate" },
      });
  });
export type ArithmeticTask = z.output<typeof arithmeticTaskSchema>;
