/**
 * The one catalogue of what TypeScript and the worker say to each other; what it is put together from lies in `methods/`,
 * `error-codes.ts` and `messages.ts`. Everything else is derived from it: the TypeScript types, the JSON Schema against
 * which every arriving message is checked (`generated/`), and the worker's `protocol.py`. `npm run generate` writes both; a
 * test fails when they differ from this file.
 *
 * Texts and numbers travel as JSON, weights by file path. Every `params` is an object. A method's `progress`
 * is what its `$/progress` notifications carry.
 */
import { z } from "zod";
import type { WorkerMethods } from "./generated/messages.ts";
import { method, nothing, positive, type real } from "./messages.ts";
import { deviceMethods } from "./methods/device.ts";
import { modelMethods, type modelShape } from "./methods/models.ts";
import { type scoreGroup, textMethods } from "./methods/texts.ts";
import { trackingMethods } from "./methods/tracking.ts";
import { type loss, type stepMetrics, type trainGroup, trainingMethods } from "./methods/training.ts";

export { type ErrorData, type ErrorName, errors } from "./error-codes.ts";

export const protocolVersion = 1;

/** What every method does, its params, result and progress. `immediate` ones are answered while another one still runs. */
export const methods = {
  hello: method({
    description: "greets: both sides must speak the same version of the protocol",
    immediate: true,
    params: z.object({ protocolVersion: positive }),
    result: z.object({
      protocolVersion: positive,
      worker: z.string().meta({ description: "version of aft_worker" }),
      python: z.string(),
      pid: positive,
    }),
  }),
  ...deviceMethods,
  ...modelMethods,
  ...textMethods,
  ...trainingMethods,
  ...trackingMethods,
  shutdown: method({
    description: "ends the process",
    params: nothing,
    result: nothing,
  }),
};

/** A method of the protocol. */
export type MethodName = keyof WorkerMethods;
/** What a method is asked with. */
export type Params<M extends MethodName> = WorkerMethods[M]["params"];
/** What a method answers. */
export type Result<M extends MethodName> = WorkerMethods[M]["result"];
/** What a method tells while it works. */
export type Progress<M extends MethodName> = WorkerMethods[M]["progress"];
export type Real = z.output<typeof real>;
export type TrainGroup = z.input<typeof trainGroup>;
export type ScoreGroup = z.input<typeof scoreGroup>;
export type ModelShape = z.output<typeof modelShape>;
export type StepMetrics = z.output<typeof stepMetrics>;
export type LossSettings = z.input<typeof loss>;
