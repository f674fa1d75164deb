import { type ArithmeticTask, arithmeticTaskSchema } from "../../../config/index.ts";

/** The generator's knobs, as an experiment's YAML gives them; every one has a default. */
export type ArithmeticSettings = Partial<ArithmeticTask>;

/** The settings with their defaults. */
export const settingsOf = (settings: ArithmeticSettings): ArithmeticTask =>
  arithmeticTaskSchema.parse({ ...settings, task: "arithmetic" });
