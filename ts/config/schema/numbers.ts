import { z } from "zod";

/** Whole numbers and ranges that several sections share. */
export const count = z.int().min(0);
export const positive = z.int().min(1);
export const share = z.number().min(0).max(1);

/** `[smallest, largest]`, both ends included. */
export const range = z.tuple([count, count]).refine(([low, high]) => low <= high, {
  message: "the smallest value is above the largest",
  params: { expected: "[smallest, largest] with smallest <= largest" },
});
