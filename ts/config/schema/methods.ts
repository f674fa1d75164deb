import { z } from "zod";
import { boundaryBetaSchema } from "./boundary.ts";
import { trainingOverrideSchema } from "./training.ts";

const common = {
  label: z.string().min(1).optional().meta({ description: "the name in tables and charts" }),
  start: z
    .enum(["vft", "base"])
    .default("vft")
    .meta({ description: "the weights it starts from: those after VFT, or the base model" }),
};
const trained = {
  ...common,
  train: trainingOverrideSchema
    .optional()
    .meta({ description: "settings that differ from stages.align, for this method only" }),
};
const grouped = {
  ...trained,
  weight: z.number().min(0).default(1).meta({ description: "of the method's own loss beside the VFT loss" }),
  referenceAsPositive: z
    .boolean()
    .default(false)
    .meta({ description: "count the reference COT among the positives (under ranks: among the best) too" }),
};
const vftWeight = z.number().min(0);

const keep = z.strictObject({
  ...common,
  method: z.literal("keep").meta({ description: "no further training: evaluates the weights as they are" }),
});
const vft = z.strictObject({
  ...trained,
  method: z
    .literal("vft")
    .meta({ description: "the same further steps on the references only: the fair baseline" }),
});
const rft = z.strictObject({
  ...trained,
  method: z.literal("rft").meta({
    description: "rejection-sampling fine-tuning (arXiv 2308.01825): references and accepted samples",
  }),
  checkEquations: z
    .boolean()
    .default(true)
    .meta({ description: "accept a sample only when every equation in it is true, not the answer alone" }),
});

const constraints = {
  none: z.literal("none").meta({ description: "worse COTs are pushed down without a limit" }),
  detached: z.literal("detached").meta({ description: "worse COTs get no gradient (DC)" }),
  boundary: z
    .literal("boundary")
    .meta({ description: "worse COTs are held at beta below the lowest better one (BC)" }),
};

const aft = {
  ...grouped,
  method: z.literal("aft").meta({ description: "alignment fine-tuning: VFT loss + weight * alignment loss" }),
};
const bounded = {
  beta: boundaryBetaSchema,
  detachBoundary: z
    .boolean()
    .default(true)
    .meta({ description: "no gradient through the boundary; false: it pushes the lowest better COT down" }),
};
const aftSchema = z.discriminatedUnion("constraint", [
  z.strictObject({ ...aft, constraint: constraints.none }),
  z.strictObject({ ...aft, constraint: constraints.detached }),
  z.strictObject({ ...aft, ...bounded, constraint: constraints.boundary }),
  z.strictObject({
    ...aft,
    constraint: z
      .literal("ranked-detached")
      .meta({ description: "for ranks: every pair of a better and a worse COT, the worse one detached" }),
  }),
  z.strictObject({
    ...aft,
    ...bounded,
    constraint: z
      .literal("ranked-boundary")
      .meta({ description: "for ranks: each COT is held at beta below the lowest that ranks above it" }),
  }),
]);

/** A published baseline as it is, and with each constraint, for the ablation. */
function baseline<T extends Record<string, z.ZodType>, B extends Record<string, z.ZodType>>(own: T, beta: B) {
  const all = { ...grouped, ...own };
  return z.discriminatedUnion("constraint", [
    z.strictObject({ ...all, constraint: constraints.none }),
    z.strictObject({ ...all, constraint: constraints.detached }),
    z.strictObject({ ...all, ...beta, constraint: constraints.boundary }),
  ]);
}

const ofVft = (value: number) =>
  vftWeight.default(value).meta({ description: "of the VFT loss on the reference beside it" });
const rrhfSchema = baseline(
  {
    method: z
      .literal("rrhf")
      .meta({ description: "RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT" }),
    vftWeight: ofVft(1),
  },
  { beta: boundaryBetaSchema },
);
const proSchema = baseline(
  {
    method: z
      .literal("pro")
      .meta({ description: "PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT" }),
    vftWeight: ofVft(1),
  },
  { beta: boundaryBetaSchema },
);
const dpoSchema = baseline(
  {
    method: z
      .literal("dpo")
      .meta({ description: "DPO (arXiv 2305.18290): pairs, against the weights it starts from" }),
    vftWeight: ofVft(0),
    beta: z
      .number()
      .positive()
      .default(0.1)
      .meta({ description: "DPO's own beta: how strongly it is held to the reference model" }),
    pairs: z
      .enum(["all", "one"])
      .default("all")
      .meta({ description: "all pairs of a better and a worse COT of a question, or one drawn at random" }),
  },
  { boundaryBeta: boundaryBetaSchema },
);

/** One way of going on from the VFT weights (or the base model): a row of the report's table. */
export const methodSchema = z.discriminatedUnion("method", [
  keep,
  vft,
  rft,
  aftSchema,
  rrhfSchema,
  proSchema,
  dpoSchema,
]);
export type Method = z.output<typeof methodSchema>;
export type AftMethod = z.output<typeof aftSchema>;
export type RankingMethod =
  | z.output<typeof rrhfSchema>
  | z.output<typeof proSchema>
  | z.output<typeof dpoSchema>;
/** A method with a loss over groups. */
export type GroupMethod = AftMethod | RankingMethod;
