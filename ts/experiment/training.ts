import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  isWorkerFailure,
  type LossSettings,
  type StepMetrics,
  type TrainGroup,
  type Worker,
} from "../bridge/index.ts";
import { planSteps, type Training } from "../config/index.ts";
import { type AftError, failure, Interrupted } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import { openAppend, readJsonl, writeJsonl } from "../core/jsonl.ts";
import type { ProgressSink } from "../core/progress.ts";
import { batches } from "../data/index.ts";
import { checkpointIn, type StageContext, withModel } from "./context.ts";
import { stepRecord } from "./step-record.ts";

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
}

/** Steps sent ahead of the one that runs: the worker never waits for data. */
const stepsInFlight = 3;

/**
 * Trains a loaded model on groups. Every step's batch is a function of (seed, step) alone, so a run that was
 * cut off goes on from its last saved state and sees each question exactly as often as an unbroken run.
 */
export async function train(options: TrainOptions): Promise<Record<string, unknown>> {
  const { worker, groups, settings, directory, signal } = options;
  const done = join(directory, "trained.json");
  // The weights were saved, and the run was cut off before its artefact was complete: nothing is left to train.
  if (existsSync(done)) return JSON.parse(await readFile(done, "utf8")) as Record<string, unknown>;
  const { totalSteps, warmupSteps } = planSteps(settings, groups.length);
  const order = batches(groups, {
    batchSize: settings.batchSize,
    steps: totalSteps,
    seed: options.seed,
    ...(settings.lengthGrouped ? { lengthOf: groupLength } : {}),
  });
  const { shape, minimumRatio } = settings.schedule;
  const resumeFolder = join(directory, "resume");
  const begun = worker.request("train/begin", {
    model: options.model,
    optimizer: { ...settings.optimizer, learningRate: settings.learningRate },
    schedule: { shape, minimumRatio, totalSteps, warmupSteps },
    loss: options.loss,
    seed: options.seed,
    maxTokensPerBatch: options.maxTokensPerBatch,
    ...(existsSync(resumeFolder) ? { resumeFrom: resumeFolder } : {}),
  });
  const { run, step: stepsBefore } = await begun.catch((error: unknown) => {
    throw isWorkerFailure(error, "ResumeRefused") ? refusal(error, resumeFolder) : error;
  });
  const log = await openLog(join(directory, "metrics.jsonl"), stepsBefore);
  const save = (): Promise<unknown> => worker.request("train/save", { run, directory: resumeFolder });
  let tokens = log.tokens;
  const record = async (metrics: StepMetrics): Promise<void> => {
    await log.append([metrics]);
    tokens += metrics.tokens;
    options.progress.update({
      label: options.label,
      done: metrics.step,
      total: totalSteps,
      unit: "steps",
      from: stepsBefore,
      tokens: tokens - log.tokens,
      detail: describe(metrics),
    });
  };
  const waiting: Promise<StepMetrics>[] = [];
  const settleOne = async (): Promise<void> => record(await waiting.shift()!);
  try {
    for (let step = stepsBefore + 1; step <= totalSteps; step++) {
      signal.throwIfAborted();
      const request = worker.request(
        "train/step",
        { run, step, groups: order.batch(step).map((index) => groups[index]!) },
        { signal },
      );
      request.catch(() => {});
      waiting.push(request);
      if (waiting.length >= stepsInFlight) await settleOne();
      if (settings.saveEvery > 0 && step % settings.saveEvery === 0 && step < totalSteps) {
        while (waiting.length > 0) await settleOne();
        await save();
      }
    }
    while (waiting.length > 0) await settleOne();
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    // Steps that were done before the cancellation reached the worker count: its state includes them.
    for (const request of waiting) await request.then(record).catch(() => {});
    await save();
    throw new Interrupted();
  } finally {
    await log.close();
    options.progress.end(options.label);
  }
  const { digest } = await worker.request("train/end", { run });
  await worker.request("model/save", { model: options.model, directory: checkpointIn({ directory }) });
  const facts = { steps: totalSteps, questions: groups.length, tokens, digest };
  await writeFileAtomic(done, `${JSON.stringify(facts)}\n`);
  await rm(resumeFolder, { recursive: true, force: true });
  return facts;
}

/** {@link train} for a stage: on the weights at `source`, into the stage's own directory. */
export const trainFrom = (
  source: string,
  context: StageContext,
  task: Pick<TrainOptions, "groups" | "settings" | "loss" | "seed" | "label">,
): Promise<Record<string, unknown>> =>
  withModel(context, source, (worker, { model }) =>
    train({
      ...task,
      worker,
      model,
      directory: context.directory,
      maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
      progress: context.progress,
      signal: context.signal,
    }),
  );

const groupLength = ({ prompt, responses }: TrainGroup): number =>
  responses.reduce((sum, { text }) => sum + text.length, prompt.length);

/** A saved state that does not fit is no reason to lose it unasked: the user may have another use for it. */
const refusal = (error: AftError, folder: string): AftError =>
  failure(
    { ...error.problems[0]!, where: folder, fix: "remove this folder to train anew from the first step" },
    { cause: error },
  );

/** Opens metrics.jsonl, less the steps after the saved state: those are done again. */
async function openLog(file: string, stepsBefore: number) {
  // Opening cuts off a line that a crash tore.
  await (await openAppend(file)).close();
  const kept = (await readJsonl(file, stepRecord)).filter(({ step }) => step <= stepsBefore);
  await writeJsonl(file, kept);
  const { append, close } = await openAppend<StepMetrics>(file);
  return { append, close, tokens: kept.reduce((sum, { tokens }) => sum + tokens, 0) };
}

const number = (value: unknown): string => (typeof value === "number" ? value.toPrecision(3) : "not finite");

function describe({ loss, meanPositive, meanNegative }: StepMetrics): string {
  const parts = [`loss ${number(loss.total)}`];
  if (meanPositive !== undefined) parts.push(`s+ ${meanPositive.toFixed(3)}`);
  if (meanNegative !== undefined) parts.push(`s- ${meanNegative.toFixed(3)}`);
  return parts.join("  ");
}
