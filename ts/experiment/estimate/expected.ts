/** What an estimate tells of a run's stages while it runs. */
import { silent } from "../../core/progress.ts";
import { planOf } from "../plan/plan.ts";
import type { ExpectedSeconds } from "../run/forecast.ts";
import { artefactsIn, type Measure, type RunOptions } from "../run/runner.ts";
import { stages } from "../stages/index.ts";
import { recipeOf } from "../stages/node.ts";
import { weightsIn } from "../store/files.ts";
import { type Estimate, estimateOf } from "./estimate.ts";
import { Measurements } from "./measurements.ts";
import type { SweepEstimate } from "./sweep.ts";

export const expectedSeconds = (estimate: Pick<Estimate, "stages"> | SweepEstimate): ExpectedSeconds => {
  const estimates = "cells" in estimate ? estimate.cells.map((cell) => cell.estimate) : [estimate];
  return new Map(estimates.flatMap((one) => one?.stages ?? []).map(({ key, seconds }) => [key, seconds]));
};

/** Seconds that each kind of work is tried for while a stage waits: little beside a run that is worth forecasting. */
const seconds = 0.15;

/** An estimate by a run's own worker, between two steps of the stage that is under way. Nothing is written. */
export const measureOn =
  ({ runsDirectory, signal }: Pick<RunOptions, "runsDirectory" | "signal">): Measure =>
  async (experiment, worker) => {
    const plan = await planOf(experiment);
    const store = artefactsIn(runsDirectory);
    const found = await Promise.all(plan.nodes.map((node) => store.find(recipeOf(node))));
    const missing = plan.nodes.filter((_, at) => found[at] === undefined);
    const makers: string[] = [stages.create.name, stages.convert.name];
    const created = found[plan.nodes.findIndex(({ stage }) => makers.includes(stage))];
    // By then the run has made its model, which stands for those of all seeds.
    const { create: _, gguf: __, ...model } = experiment.model;
    const made =
      created === undefined ? experiment : { ...experiment, model: { ...model, path: weightsIn(created) } };
    const measurements = new Measurements({ runsDirectory, progress: silent, signal, worker, seconds });
    try {
      const estimate = await estimateOf(made, plan, missing, measurements);
      return estimate === undefined ? new Map() : expectedSeconds(estimate);
    } finally {
      await measurements.close();
    }
  };
