import { z } from "zod";
import { defined } from "../../core/defined.ts";
import { boundaryBetaSchema } from "../schema/boundary.ts";
import { arxiv, constraintSettings, type GroupLoss, grouped, wire } from "./entry.ts";
import { constraintOf } from "./ranked.ts";

const shared = {
  ...grouped,
  scores: z.enum(["mean", "sum"]).optional().meta({
    description:
      "of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the paper's), or the sum",
  }),
  scale: z
    .number()
    .positive()
    .optional()
    .meta({ description: "of every exponent; left out: 1, the paper's. beta stays in mean scores" }),
  method: z.literal("aft").meta({ description: "alignment fine-tuning: VFT loss + weight * alignment loss" }),
};
const bounded = {
  beta: boundaryBetaSchema,
  detachBoundary: z
    .boolean()
    .default(true)
    .meta({ description: "no gradient through the boundary; false: it pushes the lowest better COT down" }),
};

const settings = z.discriminatedUnion("constraint", [
  z.strictObject({ ...shared, constraint: constraintSettings.none }),
  z.strictObject({ ...shared, constraint: constraintSettings.detached }),
  z.strictObject({ ...shared, ...bounded, constraint: constraintSettings.boundary }),
  z.strictObject({
    ...shared,
    constraint: z
      .literal("ranked-detached")
      .meta({ description: "for ranks: every pair of a better and a worse COT, the worse one detached" }),
  }),
  z.strictObject({
    ...shared,
    ...bounded,
    constraint: z
      .literal("ranked-boundary")
      .meta({ description: "for ranks: each COT is held at beta below the lowest that ranks above it" }),
  }),
]);

const loss = z
  .object({
    kind: z.literal("alignment"),
    constraint: wire.constraint,
    weight: wire.weight,
    beta: wire.beta,
    detachBoundary: z.boolean(),
    scores: z.enum(["mean", "sum"]).optional().meta({ description: "left out: mean" }),
    scale: z.number().positive().optional().meta({ description: "of every exponent; left out: 1" }),
  })
  .meta({ id: "AlignmentLoss", type: "object", description: "Alignment losses, arXiv 2309.02144" });

/** The paper's own losses. */
export const aft = {
  kind: "group loss",
  title: "AFT",
  words: "right solutions are raised above wrong ones",
  wordsByRanks: "better-ranked solutions are raised above worse-ranked ones",
  table: [
    {
      constraint: "none",
      loss: "log(1 + Σₚ Σₙ exp(sₙ − sₚ))",
      source: `${arxiv("2309.02144")}, the alignment loss`,
    },
    {
      constraint: "detached",
      loss: "log(1 + Σₚ Σₙ exp(D(sₙ) − sₚ))",
      source: "the same, detached constraint (DC)",
    },
    {
      constraint: "boundary",
      loss: "log(1 + Σₚ Σₙ [exp(sₙ − sₚ) + exp(T − sₙ)]), T = 2 min sₚ − 2β − sₚ",
      source: "the same, boundary constraint (BC)",
    },
    {
      constraint: "ranked-detached",
      loss: "log(1 + Σ exp(D(sⱼ) − sᵢ)) over pairs, i ranked above j",
      source: "the same, for rankings; the form is our reading",
    },
    {
      constraint: "ranked-boundary",
      loss: "log(1 + Σ [exp(sⱼ − sᵢ) + exp(2Bⱼ − sᵢ − sⱼ)]), Bⱼ = lowest score ranked above j − β",
      source: "likewise",
    },
  ],
  learnsFrom: "judged samples",
  hue: { light: "#0072b2", dark: "#56b4e9" },
  roles: { none: "unconstrained", detached: "detached", boundary: "boundary" },
  needs: { pair: true, referenceModel: false, rewards: false },
  boundaryBeta: "beta",
  settings,
  loss,
  /** Came later than the runs that were made with them unsaid. */
  unsaid: { scores: "mean", scale: 1 },
  lossOf: (method, beta) => ({
    kind: "alignment",
    constraint: constraintOf(method),
    weight: method.weight,
    detachBoundary: "detachBoundary" in method ? method.detachBoundary : true,
    ...defined({ beta, scores: method.scores, scale: method.scale }),
  }),
} as const satisfies GroupLoss<typeof settings, typeof loss>;
