/**
 * What the bridge's messages are made of: the few scalar kinds, and the records that several topics share. Each topic's own
 * stand with its methods in `methods/`; a name given with `.meta({ id })` is the name of the worker's struct.
 */
import { z } from "zod";

/** A float that may not be finite: JSON has no NaN, and writing null for it would hide a broken run. */
export const nonFinite = z
  .object({
    finite: z.literal(false).meta({ description: "what tells it from a number" }),
    value: z.enum(["nan", "inf", "-inf"]).meta({ description: "which of them it is" }),
  })
  .meta({ id: "NonFinite", type: "object" });
export const real = z.union([z.number(), nonFinite]);

export const handle = z.string().min(1).meta({ description: "a name the worker gave to something it holds" });
export const count = z.int().min(0);

/** Of no size that is more than this: what libraries below do with a larger one is to end the process. */
const largest = 2 ** 31 - 1;
export const positive = z.int().min(1).max(largest);

export const path = z
  .string()
  .regex(/^[^\0]{1,4096}$/)
  .meta({ description: "an absolute path on the worker's machine" });

export const dtype = z.enum(["auto", "float32", "bfloat16", "float16"]);
export const device = z.string().min(1).meta({ description: "auto, cpu, cuda, cuda:N or mps" });

export const maxTokensPerBatch = positive.meta({
  description: "tokens (padding included) of one micro-batch; bounds memory, never changes a result",
});

export const progressCount = z
  .object({
    done: count,
    total: count,
    tokens: count,
    note: z.string().optional().meta({ description: "what is done otherwise than asked, and why: once" }),
  })
  .meta({ id: "ProgressCount", type: "object" });

/**
 * One response to a prompt. Given `tokenIds` are used as they are, and must spell `text` where that is not
 * empty; else `text` is tokenised and closed by EOS.
 */
export const responseFields = {
  text: z.string(),
  tokenIds: z.array(count).optional(),
  finish: z
    .enum(["stop", "length"])
    .optional()
    .meta({ description: "length: the text was cut off, so no EOS is appended" }),
};

export const lossParts = z
  .object({ total: real, vft: real, alignment: real })
  .meta({ id: "LossParts", type: "object", description: "total = vftWeight * vft + weight * alignment" });

export const nothing = z.object({}).meta({ id: "Nothing", type: "object" });

/** A method of the protocol; unless it says otherwise it waits its turn and reports no progress. */
export const method = <
  P extends z.ZodType,
  R extends z.ZodType,
  G extends z.ZodType = typeof nothing,
>(definition: {
  description: string;
  params: P;
  result: R;
  progress?: G;
  /** Answered while another method still runs. */
  immediate?: boolean;
}): { description: string; immediate: boolean; params: P; result: R; progress: G } => ({
  immediate: false,
  progress: nothing as unknown as G,
  ...definition,
});
