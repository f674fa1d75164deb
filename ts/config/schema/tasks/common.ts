import { z } from "zod";
import { count, positive } from "../numbers.ts";
import { slug } from "../patterns.ts";
import { promptSchema } from "../prompt.ts";

/** What can be said of every task. */
export const common = {
  name: slug
    .optional()
    .meta({ description: "its name in ids, tables and charts; that of the task when left out" }),
  use: z.enum(["train", "evaluate"]).default("train").meta({
    description: "train: trained on and evaluated; evaluate: evaluated only, out of distribution",
  }),
  weight: z.number().positive().default(1).meta({
    description: "its share in training beside other tasks, times its number of questions (see mixture)",
  }),
  prompt: promptSchema.default("plain"),
};

/** A file of a task that is read rather than made. */
export const file = (what: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: `${what}, relative to this file; when left out that of \`aft data get\`` });

export const some = (split: string) =>
  positive.optional().meta({ description: `use this many ${split} questions; all when left out` });

export const someOrNone = (split: string) =>
  count.optional().meta({ description: `use this many ${split} questions; all when left out` });

export const seed = (what: string) => count.default(1).meta({ description: what });
