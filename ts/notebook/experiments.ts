import { type Loaded, loadExperiment } from "../config/index.ts";
import { type ProgressSink, silent } from "../core/progress.ts";
import { checkInputs, runExperiment as runToReport } from "../experiment/index.ts";
import { runsFolder } from "./folders.ts";
import { loadRun, type Run, type RunsOptions } from "./runs.ts";

/** How an experiment is run. */
export interface RunExperimentOptions extends RunsOptions {
  /** Settings laid over the file's, as after `--set`: `["stages.sample.k=9", "name=nine"]`. */
  set?: readonly string[];
  /** Where progress is told; nowhere by default. {@link printProgress} prints a line for each stage. */
  progress?: ProgressSink;
  /** Stops the run; what is done stays, and the next call goes on from there. */
  signal?: AbortSignal;
}

/**
 * Runs an experiment (a YAML file, or what {@link loadExperiment} gave) to its report, and gives the finished run.
 * Work that was done before, by whichever experiment, is not done again.
 * @throws AftError with every mistake of the file, or with what went wrong
 */
export async function runExperiment(
  experiment: string | Loaded,
  options: RunExperimentOptions = {},
): Promise<Run> {
  const { set = [], progress = silent, signal = new AbortController().signal } = options;
  const loaded = typeof experiment === "string" ? await loadExperiment(experiment, { set }) : experiment;
  for (const warning of loaded.warnings) progress.note(`warning: ${warning}`);
  await checkInputs(loaded.experiment);
  const runsDirectory = runsFolder(options.runs);
  const { directory } = await runToReport(loaded.experiment, loaded.yaml, {
    runsDirectory,
    progress,
    signal,
  });
  return loadRun(directory);
}

/** Progress for notebooks and scripts: a line on the console for each stage that is done. */
export const printProgress: ProgressSink = {
  note: (text) => console.log(text),
  update() {},
  end() {},
};
