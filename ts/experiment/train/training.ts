import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isWorkerFailure, type LossSettings, type TrainGroup, type Worker } from "../../bridge/index.ts";
import { planSteps, type Training } from "../../config/index.ts";
import { type AftError, failure, Interrupted } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Batches, batches } from "../../data/index.ts";
import type { Sharing } from "../stages/by-task.ts";
import {
  checkpointIn,
  loadedForTraining,
  revisionOf,
  type StageContext,
  withModel,
} from "../stages/context.ts";
import type { TrackedRun } from "../tracking/index.ts";
import {
  bestToCheckpoint,
  removeBests,
  type Stopped,
  type Validation,
  Validator,
} from "../validation/index.ts";
import { refuseOverlong } from "../worker/overlong.ts";
import type { StepRecord } from "./step-record.ts";
import { metricsIn, StepRecorder } from "./step-recorder.ts";

export interface TrainOptions {
  worker: Worker;
  model: string;
  groups: readonly TrainGroup[];
  settings: Training;
  loss: LossSettings;
  /** Of the data order and of dropout. */
  seed: number;
  /** Gets metrics.jsonl, and checkpoint/ and trained.json at the end; resume/ while under way. */
  directory: string;
  maxTokensPerBatch: number;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
  /** What is measured on the way. */
  validation?: Validation;
  /** How several tasks share the epochs: the task of each group, in their order. */
  mixture?: { tasks: readonly string[]; sharing: Sharing };
  /** Opens its run in the experiment's trackers: to go on with it, where an earlier process recorded steps. */
  track?: (mode: "new" | "resume") => Promise<TrackedRun>;
}

/** {@link TrainOptions.mixture} of rows that become a group each. */
export const mixtureOf = (
  sharing: Sharing | undefined,
  rows: readonly { task: string }[],
): Pick<TrainOptions, "mixture"> =>
  sharing === undefined ? {} : { mixture: { tasks: rows.map(({ task }) => task), sharing } };

/** Which groups each step takes. */
function orderOf({ groups, settings, seed, mixture }: TrainOptions, steps: number): Batches {
  const items = groups.map((group, at) => ({ group, task: mixture?.tasks[at] ?? "" }));
  return batches(items, {
    batchSize: settings.batchSize,
    steps,
    seed,
    ...(settings.lengthGrouped ? { lengthOf: ({ group }) => groupLength(group) } : {}),
    ...(mixture === undefined ? {} : { mixture: { ...mixture.sharing, sourceOf: ({ task }) => task } }),
  });
}

/** Steps sent ahead of the one that runs: the worker never waits for data. */
const stepsInFlight = 3;

/**
 * Trains a loaded model on groups. Every step's batch is a function of (seed, step) alone, so a run that was
 * cut off goes on from its last saved state and sees each question exactly as often as an unbroken run. A validation
 * held-out questions comes once all steps before it are done, and changes nothing of the training.
 */
export async function train(options: TrainOptions): Promise<Record<string, unknown>> {
  const { worker, groups, settings, directory, signal } = options;
  const done = join(directory, "trained.json");
  // The weights were saved, and the run was cut off before its artefact was complete: nothing is left to train.
  if (existsSync(done))
    return tidied(directory, JSON.parse(await readFile(done, "utf8")) as Record<string, unknown>);
  const { totalSteps, warmupSteps } = planSteps(settings, groups.length);
  const order = orderOf(options, totalSteps);
  const { shape, minimumRatio } = settings.schedule;
  const resumeFolder = resumeIn(directory);
  const resumed = existsSync(resumeFolder);
  const validator = await Validator.start({ ...options, totalSteps, resumed });
  const begun = worker.request("train/begin", {
    model: options.model,
    optimizer: { ...settings.optimizer, learningRate: settings.learningRate },
    schedule: { shape, minimumRatio, totalSteps, warmupSteps },
    loss: options.loss,
    seed: options.seed,
    maxTokensPerBatch: options.maxTokensPerBatch,
    ...(resumed ? { resumeFrom: resumeFolder } : {}),
  });
  const { run, step: stepsBefore } = await begun.catch((error: unknown) => {
    throw isWorkerFailure(error, "ResumeRefused") ? refusal(error, resumeFolder) : error;
  });
  const recordedBefore = existsSync(metricsIn(directory));
  const recorder = await StepRecorder.open({
    ...options,
    tracked: await options.track?.(recordedBefore ? "resume" : "new"),
    clipNorm: settings.optimizer.clipNorm,
    totalSteps,
    stepsBefore,
    validator,
  });
  const save = (): Promise<unknown> => worker.request("train/save", { run, directory: resumeFolder });
  /** Steps under way, oldest first; one stays here until it is recorded. */
  const waiting: Promise<StepRecord>[] = [];
  const settle = async (atMost: number): Promise<void> => {
    while (waiting.length > atMost) await recorder.record(await waiting.shift()!);
  };
  let savedAt = stepsBefore;
  const validate = async (validator: Validator, metrics: StepRecord): Promise<void> => {
    const heldOut = await validator.validate(metrics.step);
    waiting.length = 0;
    await recorder.record(metrics, heldOut);
    if (!validator.isBest(metrics.step) || metrics.step === totalSteps) return;
    await save();
    savedAt = metrics.step;
    // From here on a resumed run knows these weights as the best, and the older ones are not needed any more.
    await validator.prune();
  };
  let step = stepsBefore;
  try {
    if (validator !== undefined && recorder.unvalidated !== undefined)
      await validate(validator, recorder.unvalidated);
    while (step < totalSteps && validator?.isExhausted !== true) {
      signal.throwIfAborted();
      step++;
      const request = worker.request(
        "train/step",
        { run, step, groups: order.batch(step).map((index) => groups[index]!) },
        { signal },
      ) as Promise<StepRecord>;
      request.catch(() => {});
      waiting.push(request);
      if (validator?.isDueAfter(step)) {
        await settle(1);
        await validate(validator, await waiting[0]!);
      } else await settle(stepsInFlight - 1);
      if (settings.saveEvery > 0 && step % settings.saveEvery === 0 && step < totalSteps && savedAt < step) {
        await settle(0);
        await save();
      }
    }
    await settle(0);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    // Steps that were done before the cancellation reached the worker count: its state includes them.
    for (const request of waiting) await request.then((metrics) => recorder.record(metrics)).catch(() => {});
    await save();
    throw new Interrupted();
  } finally {
    await recorder.close();
    options.progress.end(options.label);
  }
  const { digest } = await worker.request("train/end", { run });
  const best = validator?.result(step);
  if (best === undefined)
    await worker.request("model/save", { model: options.model, directory: checkpointIn({ directory }) });
  const { tokens, warnings } = recorder;
  const told = warnings.length === 0 ? {} : { warnings };
  const facts = { steps: step, questions: groups.length, tokens, digest, ...best, ...told };
  await writeFileAtomic(done, `${JSON.stringify(facts)}\n`);
  return tidied(directory, facts);
}

const resumeIn = (directory: string): string => join(directory, "resume");

/** Leaves of a training that has ended its result alone: the best weights as its checkpoint, and no states on the way. */
async function tidied(directory: string, facts: Record<string, unknown>): Promise<Record<string, unknown>> {
  const stopped = facts.stopped as Stopped | undefined;
  if (stopped !== undefined) await bestToCheckpoint(directory, stopped.bestStep, checkpointIn({ directory }));
  await removeBests(directory);
  await rm(resumeIn(directory), { recursive: true, force: true });
  return facts;
}

/** {@link train} for a stage: on the weights at `source`, into the stage's own directory. */
export const trainFrom = (
  source: string,
  context: StageContext,
  task: Pick<TrainOptions, "groups" | "settings" | "loss" | "seed" | "label" | "validation" | "mixture">,
): Promise<Record<string, unknown>> =>
  withModel(
    context,
    source,
    async (worker, { model, adapter, maxPositions }) => {
      const { track } = context;
      const named = { source, ...revisionOf(context.experiment.model, source) };
      await refuseOverlong(
        task.groups,
        maxPositions,
        async (texts) => (await worker.request("tokens/count", { ...named, texts: [...texts] })).counts,
      );
      const facts = await train({
        ...task,
        ...(track === undefined ? {} : { track: (mode) => track(worker, mode) }),
        worker,
        model,
        directory: context.directory,
        maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
        progress: context.progress,
        signal: context.signal,
      });
      return { ...facts, ...(adapter === undefined ? {} : { adapter }) };
    },
    loadedForTraining(context.experiment.model, task.seed),
  );

const groupLength = ({ prompt, responses }: TrainGroup): number =>
  responses.reduce((sum, { text }) => sum + text.length, prompt.length);

/** A saved state that does not fit is no reason to lose it unasked: the user may have another use for it. */
const refusal = (error: AftError, folder: string): AftError =>
  failure(
    { ...error.problems[0]!, where: folder, fix: "remove this folder to train anew from the first step" },
    { cause: error },
  );
