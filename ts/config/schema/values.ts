import { z } from "zod";

/** Kinds of value that several sections share. */
export const count = z.int().min(0);
export const positive = z.int().min(1);
/** Entries of a vocabulary: its tables are made at once, in their full size. The largest in use have 262,144. */
export const vocabularySize = z
  .int()
  .min(1)
  .max(2 ** 20);
export const share = z.number().min(0).max(1);
export const positiveNumber = z.number().positive();
export const flag = z.boolean();
export const text = z.string().min(1);
export const texts = z.array(text).min(1);

/** `[smallest, largest]`, both ends included, both from `low` to `high`. */
export const rangeWithin = (low: number, high: number) =>
  z.tuple([z.int().min(low).max(high), z.int().min(low).max(high)]).refine(([from, to]) => from <= to, {
    message: "the smallest is above the largest",
    params: { expected: "[smallest, largest] with smallest <= largest" },
  });
