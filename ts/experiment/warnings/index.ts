/** Warnings while a method trains. */
export type { Conditions } from "./signs.ts";
export { TrainingWarnings, type Warning, warningSchema } from "./training-warnings.ts";
