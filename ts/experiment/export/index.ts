/** Taking a run's weights or data out of the store. */
export { exportRun } from "./export-run.ts";
export { type ExportFormat, exportFormats } from "./formats.ts";
export { type PushPlan, pushRun } from "./push-run.ts";
