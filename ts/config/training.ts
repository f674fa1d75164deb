import type { Experiment } from "./experiment.ts";
import { type Training, type TrainingOverride, trainingSchema } from "./schema/training.ts";

/**
 * Optimizer steps of a run over `questions` questions: every epoch ends with its own last, smaller batch. The
 * warm-up is rounded up to whole steps and never longer than the run.
 */
export function planSteps(
  training: Training,
  questions: number,
): { totalSteps: number; warmupSteps: number } {
  const stepsPerEpoch = Math.ceil(questions / training.batchSize);
  const totalSteps = training.steps ?? Math.max(1, Math.ceil((training.epochs ?? 1) * stepsPerEpoch));
  const { warmupSteps, warmupRatio = 0 } = training.schedule;
  return {
    totalSteps,
    warmupSteps: Math.min(totalSteps, warmupSteps ?? Math.ceil(warmupRatio * totalSteps)),
  };
}

/** A stage's settings with a method's own differences laid over them: its `steps` replace `epochs`, and so on. */
export function overrideTraining(base: Training, override: TrainingOverride = {}): Training {
  const schedule = { ...base.schedule, ...override.schedule };
  if (override.schedule?.warmupSteps !== undefined) delete schedule.warmupRatio;
  if (override.schedule?.warmupRatio !== undefined) delete schedule.warmupSteps;
  const merged = { ...base, ...override, schedule, optimizer: { ...base.optimizer, ...override.optimizer } };
  if (override.steps !== undefined) delete merged.epochs;
  if (override.epochs !== undefined) delete merged.steps;
  return trainingSchema.parse(merged);
}

/** How a method of the experiment trains: `stages.align` with its `train` laid over it; undefined for `keep`. */
export function trainingOf(experiment: Experiment, name: string): Training | undefined {
  const method = experiment.methods[name];
  if (method === undefined || method.method === "keep") return undefined;
  return overrideTraining(experiment.stages.align, method.train);
}
