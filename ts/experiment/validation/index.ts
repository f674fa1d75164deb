/** Validation while a method trains, and early stopping by it. */
export { describeStep } from "./describe.ts";
export {
  bestIn,
  bestsIn,
  bestToCheckpoint,
  removeBests,
  stoppedSchema,
} from "./early-stopping.ts";
export type { Validation } from "./settings.ts";
export { beforeFile, Validator } from "./validator.ts";
