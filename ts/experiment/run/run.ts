import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunSummary } from "../../analysis/index.ts";
import type { Experiment } from "../../config/index.ts";
import { shownPath, writeFileAtomic } from "../../core/files.ts";
import { planOf } from "../plan/plan.ts";
import { labelOf, recipeOf } from "../stages/node.ts";
import { aloneIn } from "./alone.ts";
import { runFiles } from "./files.ts";
import { keptProgress } from "./kept-progress.ts";
import { reportOn } from "./report.ts";
import { writeRunRecord } from "./run-record.ts";
import { artefactsIn, execute, type RunOptions, runFolder } from "./runner.ts";

export interface RunResult {
  directory: string;
  /** Stages done by this call, and stages that were there. */
  made: number;
  reused: number;
  summary: RunSummary;
  table: string;
}

/** Runs an experiment to its report. Calling it again does only what is missing; two at once in one folder are refused. */
export function runExperiment(
  experiment: Experiment,
  configYaml: string,
  options: RunOptions,
): Promise<RunResult> {
  const directory = runFolder(options.runsDirectory, experiment.name);
  return aloneIn(directory, async () => {
    if (await holdsOtherSettings(directory, configYaml))
      options.progress.note(
        `${shownPath(directory)} holds the report of other settings: it will be replaced (all artefacts stay; --set name=... keeps both)`,
      );
    const kept = keptProgress(directory, options.progress);
    const executed = await execute(experiment, { ...options, progress: kept.sink }).finally(kept.close);
    await writeFileAtomic(join(directory, runFiles.experiment), configYaml);
    await writeRunRecord(directory, experiment, configYaml, executed);
    const { summary, table } = await reportOn(directory);
    const reused = [...executed.done.values()].filter(({ artefact }) => artefact.reused).length;
    return { directory, made: executed.done.size - reused, reused, summary, table };
  });
}

async function holdsOtherSettings(directory: string, configYaml: string): Promise<boolean> {
  const before = await readFile(join(directory, runFiles.experiment), "utf8").catch(() => configYaml);
  return before !== configYaml;
}

export interface PlannedStage {
  label: string;
  done: boolean;
  artefact: string;
}

/** What a run would do, in order; nothing is written, but for what was seen of files that were read through. */
export async function dryRun(experiment: Experiment, runsDirectory: string): Promise<PlannedStage[]> {
  const store = artefactsIn(runsDirectory);
  const { nodes } = await planOf(experiment);
  return Promise.all(
    nodes.map(async (node) => {
      const recipe = recipeOf(node);
      return {
        label: labelOf(node),
        done: (await store.find(recipe)) !== undefined,
        artefact: shownPath(store.directoryOf(recipe)),
      };
    }),
  );
}
