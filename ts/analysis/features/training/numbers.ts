import { z } from "zod";
import type { TrainedArm } from "../../generated/report.ts";
import { method, seed } from "../../measure/schema.ts";
import { heldOutSchema, type RunData, trainedShape } from "../../run/run-data.ts";

export type { TrainedArm } from "../../generated/report.ts";

/** One method's training with one seed, as report.json tells it: its boundary, its looks, what went wrong. */
export const trainedArmSchema = z.object({
  method,
  seed,
  ...trainedShape,
  looks: z
    .array(heldOutSchema.extend({ step: z.int().meta({ description: "optimizer steps done" }) }))
    .meta({ description: "validation questions while training; step 0: the weights it starts from" }),
});

/** Of every arm that tells something of its training. */
export const trainedArms = (run: RunData): TrainedArm[] =>
  run.arms
    .map((arm): TrainedArm => {
      const { method, seed, boundary, search, stopped, warnings, before } = arm;
      const steps = run.training.find((one) => one.method === method && one.seed === seed)?.steps ?? [];
      const looks = [
        ...(before === undefined ? [] : [{ step: 0, heldOut: before }]),
        ...steps.flatMap(({ step, heldOut }) => (heldOut === undefined ? [] : [{ step, heldOut }])),
      ];
      return {
        method,
        seed,
        ...(boundary === undefined ? {} : { boundary }),
        ...(search === undefined ? {} : { search }),
        ...(stopped === undefined ? {} : { stopped }),
        ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
        looks: looks.map(({ step, heldOut }) => ({ step, ...heldOutSchema.parse(heldOut) })),
      };
    })
    .filter(
      ({ looks, boundary, search, stopped, warnings }) =>
        looks.length > 0 || [boundary, search, stopped, warnings].some((one) => one !== undefined),
    );
