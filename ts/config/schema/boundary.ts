import { z } from "zod";
import { positive } from "./values.ts";

const distance = z.number().min(0);

/**
 * beta of the boundary constraint: how far below the lowest better score the boundary lies, in mean log-probability
 * (nats a token). A number; `auto`, worked out from the VFT model's own scores; or `{search: [...]}`, every value
 * trained and the one kept that answers most validation questions rightly.
 */
export const boundaryBetaSchema = z
  .union([
    distance,
    z.literal("auto"),
    z.strictObject({
      search: z
        .array(distance)
        .min(2)
        .refine((values) => new Set(values).size === values.length, {
          message: "a value is given twice",
          params: { expected: "values that all differ" },
        })
        .meta({ description: "values to try; each is trained, and validation accuracy decides" }),
      questions: positive
        .optional()
        .meta({ description: "how many validation questions decide; all when left out" }),
    }),
  ])
  .meta({
    description:
      "distance of the boundary below the lowest better score, in mean log-probability: a number, auto (from the VFT model's scores) or {search: [...]} on the validation split",
  });
export type BoundaryBeta = z.output<typeof boundaryBetaSchema>;
