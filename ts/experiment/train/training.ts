import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import {
  isWorkerFailure,
  type LossSettings,
  type TrainGroup,
  type Worker,
  WorkerLost,
} from "../../bridge/index.ts";
import { planSteps, type Training } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { type AftError, failure, Interrupted } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { damageInSealed } from "../../core/seal.ts";
import { type Batches, batches, type Mixture } from "../../data/index.ts";
import type { StepRecord } from "../step-record.ts";
import { type Place, weightsIn } from "../store/files.ts";
import type { TrackedRun } from "../tracking/index.ts";
import {
  beforeFile,
  bestIn,
  bestsIn,
  bestToCheckpoint,
  removeBests,
  type Validation,
  Validator,
} from "../validation/index.ts";
import { metricsFile, resumeStateIn, type TrainedFacts, trainedFile } from "./files.ts";
import { Saver } from "./saver.ts";
import { recordedSteps, StepRecorder } from "./step-recorder.ts";

/** How several tasks share the epochs, by their names. */
export type Sharing = Omit<Mixture<never>, "sourceOf">;

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
 * on held-out questions comes once all steps before it are done, and changes nothing of the training.
 */
export async function train(options: TrainOptions): Promise<TrainedFacts> {
  const { worker, groups, model, progress, label } = options;
  const trained = await alreadyTrained(options);
  if (trained !== undefined) return tidied(options, trained);
  const training = await begin(options);
  const { run, validator, recorder } = training;
  let steps: number;
  try {
    steps = await trainSteps(options, training);
    recorder.end();
  } finally {
    await recorder.close();
    progress.end(label);
  }
  const { digest, rows } = await worker.request("train/end", { run });
  const best = await validator?.result(steps);
  if (best === undefined) await worker.request("model/save", { model, directory: weightsIn(options) });
  const { tokens, warnings } = recorder;
  const facts = {
    ...{ steps, questions: groups.length, tokens, digest },
    ...defined({ rows }),
    ...best,
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  };
  await trainedFile.write(options, facts);
  return tidied(options, facts);
}

/** The weights were saved, and the run was cut off before its artefact was complete: nothing is left to train. */
async function alreadyTrained(options: TrainOptions): Promise<TrainedFacts | undefined> {
  const { directory, progress } = options;
  const trained = await trainedFile.takeUp(options, (text) => progress.note(text));
  if (trained === undefined) return undefined;
  const { stopped } = trained;
  const best = stopped && bestIn(directory, stopped.bestStep);
  const weights = best !== undefined && existsSync(best) ? best : weightsIn(options);
  const tell = (text: string): void => progress.note(text);
  const steps = (await recordedSteps(options, tell)).at(-1)?.step ?? 0;
  const isWhole =
    steps >= (stopped?.lastStep ?? trained.steps) &&
    (!beforeFile.isIn(options) || (await beforeFile.takeUp(options, tell)) !== undefined);
  if (!(await isDamaged(weights, progress)) && isWhole) return trained;
  await rm(trainedFile.pathIn(options));
  return undefined;
}

/** Of a folder that the worker wrote, which is told and taken away then. */
async function isDamaged(folder: string, progress: ProgressSink): Promise<boolean> {
  const damage = await damageInSealed(folder);
  if (damage === undefined) return false;
  progress.note(`${shownPath(folder)}: ${damage}; making it again`);
  await rm(folder, { recursive: true, force: true });
  return true;
}

/** A training that the worker has begun, or taken up from a saved state. */
interface Begun {
  /** The worker's name for it. */
  run: string;
  /** Done by earlier processes, and in the saved state. */
  stepsBefore: number;
  totalSteps: number;
  validator: Validator | undefined;
  recorder: StepRecorder;
}

async function begin(options: TrainOptions): Promise<Begun> {
  const { worker, groups, settings, model, loss, seed, maxTokensPerBatch, directory, progress } = options;
  const { totalSteps, warmupSteps } = planSteps(settings, groups.length);
  const { shape, minimumRatio } = settings.schedule;
  const state = resumeStateIn(options);
  const recorded = await recordedSteps(options, (text) => progress.note(text));
  // Without the best weights so far a state is of no use.
  for (const best of await bestsIn(directory))
    if (await isDamaged(best, progress)) await rm(state, { recursive: true, force: true });
  const resumed = existsSync(state);
  const validator = await Validator.start({ ...options, totalSteps, resumed });
  const begun = worker.request("train/begin", {
    model,
    optimizer: { ...settings.optimizer, learningRate: settings.learningRate },
    schedule: { shape, minimumRatio, totalSteps, warmupSteps },
    loss,
    seed,
    maxTokensPerBatch,
    ...(resumed ? { resumeFrom: state, recordedSteps: recorded.at(-1)?.step ?? 0 } : {}),
  });
  let run: string;
  let stepsBefore: number;
  try {
    ({ run, step: stepsBefore } = await begun);
  } catch (error) {
    if (isWorkerFailure(error, "ResumeRefused")) throw refusal(error, state);
    if (!isWorkerFailure(error, "ResumeDamaged")) throw error;
    progress.note(`${options.label}: ${error.problems[0]!.what}; training anew from the first step`);
    await rm(state, { recursive: true, force: true });
    return begin(options);
  }
  const tracked = await options.track?.(metricsFile.isIn(options) ? "resume" : "new");
  const { clipNorm } = settings.optimizer;
  const recorder = await StepRecorder.open({
    ...options,
    tracked,
    clipNorm,
    totalSteps,
    warmupSteps,
    stepsBefore,
    recorded,
    validator,
  });
  return { run, stepsBefore, totalSteps, validator, recorder };
}

/** From where it stands to its last step, or to where early stopping ends it: resolves with the steps done. */
async function trainSteps(
  options: TrainOptions,
  { run, stepsBefore, totalSteps, validator, recorder }: Begun,
): Promise<number> {
  const { worker, groups, settings, signal } = options;
  const order = orderOf(options, totalSteps);
  /** Steps under way, oldest first; one stays here until it is recorded. */
  const waiting: Promise<StepRecord>[] = [];
  const settle = async (atMost: number): Promise<void> => {
    while (waiting.length > atMost) await recorder.record(await waiting.shift()!);
  };
  const { directory, label, progress } = options;
  const { saveEvery } = settings;
  const onProgress = ({ note }: { note?: string | undefined }): void => {
    if (note !== undefined) progress.note(`${label}: ${note}`);
  };
  const saver = new Saver({ worker, run, directory, saveEvery, label, progress }, stepsBefore);
  const validate = async (current: Validator, metrics: StepRecord): Promise<void> => {
    const heldOut = await current.validate(metrics.step);
    waiting.length = 0;
    await recorder.record(metrics, heldOut);
    if (!current.isBest(metrics.step) || metrics.step === totalSteps) return;
    await saver.save(metrics.step);
    // From here on a resumed run knows these weights as the best, and the older ones are not needed any more.
    await current.prune();
  };
  let step = stepsBefore;
  try {
    if (validator !== undefined && recorder.unvalidated !== undefined)
      await validate(validator, recorder.unvalidated);
    while (step < totalSteps && validator?.isExhausted !== true) {
      signal.throwIfAborted();
      step++;
      const batch = order.batch(step).map((index) => groups[index]!);
      const request = worker.request("train/step", { run, step, groups: batch }, { signal, onProgress });
      request.catch(() => {});
      waiting.push(request as Promise<StepRecord>);
      if (validator?.isDueAfter(step)) {
        await settle(1);
        await validate(validator, await waiting[0]!);
      } else await settle(stepsInFlight - 1);
      if (step < totalSteps && saver.isDueAfter(step)) {
        await settle(0);
        await saver.saveDue(step);
      }
    }
    await settle(0);
    return step;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    // Steps that were done before the cancellation reached the worker count: its state includes them.
    for (const request of waiting) await request.then((metrics) => recorder.record(metrics)).catch(() => {});
    await saver.save(step).catch((error: unknown) => {
      if (!(error instanceof WorkerLost)) throw error;
      options.progress.note(`the last steps were not saved, as the worker ${error.how}`);
    });
    throw new Interrupted();
  }
}

/** Leaves of a training that has ended its result alone: the best weights as its own, and no states on the way. */
async function tidied(place: Place, facts: TrainedFacts): Promise<TrainedFacts> {
  const { directory } = place;
  const { stopped } = facts;
  if (stopped !== undefined) await bestToCheckpoint(directory, stopped.bestStep, weightsIn(place));
  await removeBests(directory);
  await rm(resumeStateIn(place), { recursive: true, force: true });
  return facts;
}

const groupLength = ({ prompt, responses }: TrainGroup): number =>
  responses.reduce((sum, { text }) => sum + text.length, prompt.length);

/** A saved state that does not fit is no reason to lose it unasked: the user may have another use for it. */
const refusal = (error: AftError, folder: string): AftError =>
  failure(
    { ...error.problems[0]!, where: folder, fix: "remove this folder to train anew from the first step" },
    { cause: error },
  );
