/** Methods without a loss over groups: no training, the references alone, and samples that were accepted. */
import { z } from "zod";
import { arxiv, type Baseline, common, trained } from "./entry.ts";

export const keep = {
  kind: "baseline",
  title: "VFT",
  words: "the VFT weights as they are: no further training",
  table: [{ loss: "none: the VFT weights as they are", source: "" }],
  learnsFrom: "nothing",
  role: "kept",
  place: 2,
  settings: z.strictObject({
    ...common,
    method: z.literal("keep").meta({ description: "no further training: evaluates the weights as they are" }),
  }),
} as const satisfies Baseline;

export const vft = {
  kind: "baseline",
  title: "VFT, continued",
  words: "further steps on the reference solutions alone: the fair baseline",
  table: [
    {
      loss: "none: the same further steps on the references, the fair baseline",
      source: "arXiv 2309.02144",
    },
  ],
  learnsFrom: "references",
  role: "continued",
  place: 0,
  settings: z.strictObject({
    ...trained,
    method: z
      .literal("vft")
      .meta({ description: "the same further steps on the references only: the fair baseline" }),
  }),
} as const satisfies Baseline;

export const rft = {
  kind: "baseline",
  title: "RFT",
  words: "further steps on references and on the model’s own right solutions (rejection sampling)",
  table: [
    {
      loss: "none: VFT on the references and on samples with a right answer and true equations, one for each list of equations",
      source: arxiv("2308.01825"),
    },
  ],
  learnsFrom: "accepted samples",
  role: "rft",
  place: 1,
  settings: z.strictObject({
    ...trained,
    method: z.literal("rft").meta({
      description: "rejection-sampling fine-tuning (arXiv 2308.01825): references and accepted samples",
    }),
    checkEquations: z
      .boolean()
      .default(true)
      .meta({ description: "accept a sample only when every equation in it is true, not the answer alone" }),
  }),
} as const satisfies Baseline;
