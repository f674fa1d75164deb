import { z } from "zod";
import { type Path, type Shape, shapeWithin } from "../../core/shape.ts";
import { experimentSchema } from "../schema/experiment.ts";
import { sweepSchema } from "../schema/sweep.ts";

const experimentShape = z.toJSONSchema(experimentSchema.extend({ sweep: sweepSchema.optional() }), {
  io: "input",
}) as Shape;

/** The schema of an experiment's value at a path, unions resolved by the values around it. */
export const shapeAt = (path: Path, root: unknown): Shape | undefined =>
  shapeWithin(experimentShape, path, root);
