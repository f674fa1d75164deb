import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import type { TrainedArm } from "../../generated/report.ts";
import type { Arm, RunData } from "../../run/run-data.ts";
import { numbers } from "../feature.ts";
import { heldOutSchema, trainedArmSchema } from "./schema.ts";

export const training = numbers({
  schema: {
    training: z
      .array(trainedArmSchema)
      .default([])
      .meta({ description: "boundaries, looks and warnings, by method and seed" }),
  },
  compute: ({ run }) => ({ training: trainedArms(run) }),
});

/** Of every arm that tells something of its training. */
const trainedArms = (run: RunData): TrainedArm[] =>
  run.arms
    .map((arm) => trainedArm(arm, run))
    .filter(({ method: _, seed: __, looks, ...facts }) => looks.length > 0 || Object.keys(facts).length > 0);

function trainedArm(
  { method, seed, boundary, search, stopped, taken, warnings = [], before }: Arm,
  run: RunData,
): TrainedArm {
  const steps = run.training.find((curve) => curve.method === method && curve.seed === seed)?.steps ?? [];
  const validations = [{ step: 0, heldOut: before }, ...steps];
  return {
    method,
    seed,
    ...defined({ boundary, search, stopped, taken, warnings: warnings.length === 0 ? undefined : warnings }),
    looks: validations.flatMap(({ step, heldOut }) =>
      heldOut === undefined ? [] : [{ step, ...heldOutSchema.parse(heldOut) }],
    ),
  };
}
