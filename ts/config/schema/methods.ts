import { z } from "zod";
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
const aft = {
  ...trained,
  method: z.literal("aft").meta({ description: "alignment fine-tuning: VFT loss + weight * alignment loss" }),
  weight: z.number().min(0).default(1).meta({ description: "of the alignment loss beside the VFT loss" }),
  referenceAsPositive: z
    .boolean()
    .default(false)
    .meta({ description: "count the reference COT among the positives too" }),
};

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
const aftNone = z.strictObject({
  ...aft,
  constraint: z.literal("none").meta({ description: "negatives are pushed down without a limit" }),
});
const aftDetached = z.strictObject({
  ...aft,
  constraint: z.literal("detached").meta({ description: "negatives get no gradient (DC)" }),
});
const aftBoundary = z.strictObject({
  ...aft,
  constraint: z
    .literal("boundary")
    .meta({ description: "negatives are held at beta below the lowest positive (BC)" }),
  beta: z.number().min(0).meta({
    description:
      "distance of the boundary below the lowest positive, in mean log-probability; tuned per task",
  }),
  detachBoundary: z
    .boolean()
    .default(true)
    .meta({ description: "no gradient through the boundary; false: it pushes the lowest positive down" }),
});

const aftSchema = z.discriminatedUnion("constraint", [aftNone, aftDetached, aftBoundary]);

/** One way of going on from the VFT weights (or the base model): a row of the report's table. */
export const methodSchema = z.discriminatedUnion("method", [keep, vft, rft, aftSchema]);
export type Method = z.output<typeof methodSchema>;
export type AftMethod = z.output<typeof aftSchema>;
