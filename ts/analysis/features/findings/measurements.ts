import type { MethodSummary, RunSummary } from "../../generated/report.ts";

/** The parts of report.json that findings rest on. */
export type Measurements = Pick<RunSummary, "methods" | "trainGroups" | "training" | "tasks" | "answers">;

/** One method of a run. */
export interface MethodIn extends Measurements {
  method: MethodSummary;
}
