import { join, relative, resolve } from "node:path";
import type { RunSummary } from "../analysis/index.ts";
import type { Experiment } from "../config/index.ts";
import { writeFileAtomic } from "../core/files.ts";
import { labelOf } from "./context.ts";
import { planOf, recipeOf } from "./plan.ts";
import { writeReport } from "./report.ts";
import { writeRunRecord } from "./run-record.ts";
import { artefactsIn, execute, type RunOptions } from "./runner.ts";

export interface RunResult {
  directory: string;
  /** Stages done by this call, and stages that were there. */
  made: number;
  reused: number;
  summary: RunSummary;
  table: string;
}

/** Runs an experiment to its report. Calling it again does only what is missing. */
export async function runExperiment(
  experiment: Experiment,
  configYaml: string,
  options: RunOptions,
): Promise<RunResult> {
  const executed = await execute(experiment, options);
  const directory = join(resolve(options.runsDirectory), experiment.name);
  await writeFileAtomic(join(directory, "experiment.yaml"), configYaml);
  await writeRunRecord(directory, experiment, configYaml, executed);
  const { summary, table } = await writeReport(directory);
  const reused = [...executed.done.values()].filter(({ artefact }) => artefact.reused).length;
  return { directory, made: executed.done.size - reused, reused, summary, table };
}

export interface PlannedStage {
  label: string;
  done: boolean;
  artefact: string;
}

/** What a run would do, in order; nothing is written. */
export async function dryRun(experiment: Experiment, runsDirectory: string): Promise<PlannedStage[]> {
  const store = artefactsIn(runsDirectory);
  const { nodes } = await planOf(experiment);
  return Promise.all(
    nodes.map(async (node) => {
      const recipe = recipeOf(node);
      return {
        label: labelOf(node),
        done: (await store.find(recipe)) !== undefined,
        artefact: relative(process.cwd(), store.directoryOf(recipe)),
      };
    }),
  );
}
