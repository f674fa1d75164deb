/** What the stages that train share: a model loaded and trained into the stage's own directory. */
import { defined } from "../../core/defined.ts";
import { metricsFile, type TrainedFacts, trainedFacts, trainedFile } from "../train/files.ts";
import { type Sharing, type TrainOptions, train } from "../train/training.ts";
import { loadedForTraining, namedSource, withModel } from "../worker/loaded-model.ts";
import { refuseOverlong } from "../worker/overlong.ts";
import type { StageContext } from "./node.ts";

export const trainingFiles = { metrics: metricsFile, trained: trainedFile };
export const trainingFacts = trainedFacts;

export type TrainingTask = Pick<
  TrainOptions,
  "groups" | "settings" | "loss" | "seed" | "validation" | "mixture"
> & {
  /** The weights to start from: a folder, or a hub id. */
  source: string;
};

export const trainOn = (context: StageContext, { source, ...task }: TrainingTask): Promise<TrainedFacts> =>
  withModel(
    context,
    { source, ...loadedForTraining(context.experiment.model, task.seed) },
    async (worker, { model, adapter, maxPositions }) => {
      const { track, experiment, directory, label, progress, signal } = context;
      await refuseOverlong(task.groups, maxPositions, async (texts) => {
        const request = { ...namedSource(experiment.model, source), texts: [...texts] };
        return (await worker.request("tokens/count", request)).counts;
      });
      const facts = await train({
        ...task,
        ...defined({ track: track && ((mode: "new" | "resume") => track(worker, mode)) }),
        worker,
        model,
        directory,
        maxTokensPerBatch: experiment.worker.maxTokensPerBatch,
        label,
        progress,
        signal,
      });
      return { ...facts, ...defined({ adapter }) };
    },
  );

/** How tasks share a training of these rows, which become a group each. */
export const mixtureOf = (
  sharing: Sharing | undefined,
  rows: readonly { task: string }[],
): Pick<TrainOptions, "mixture"> =>
  sharing === undefined ? {} : { mixture: { tasks: rows.map(({ task }) => task), sharing } };
