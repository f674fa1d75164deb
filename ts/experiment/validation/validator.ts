import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { percent } from "../../analysis/index.ts";
import { failure } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { type HeldOut, heldOutSchema, type StepRecord } from "../train/step-record.ts";
import { describeLook } from "./describe.ts";
import { BestLook } from "./early-stopping.ts";
import { type Look, type LookOptions, lookAtHeldOut } from "./pass.ts";
import { checkWatching } from "./settings.ts";

/** before.json: the look at the weights that the method starts from. */
const beforeSchema = z.looseObject({
  step: z.literal(0),
  heldOut: heldOutSchema,
  right: z.array(z.string()).optional().meta({ description: "ids of the questions answered rightly" }),
});
type Before = z.infer<typeof beforeSchema>;

/** Which weights were kept, and why training ended: a fact of the artefact of a method under `patience`. */
export interface Stopped {
  /** 0: the weights that the method started from. */
  bestStep: number;
  lastStep: number;
  reason: string;
}

export interface ObserverOptions extends LookOptions {
  directory: string;
  totalSteps: number;
  /** Whether the run goes on from a saved state: the weights of its best look so far are there then. */
  resumed: boolean;
}

type Unwatched = Omit<ObserverOptions, "watch"> & { watch?: ObserverOptions["watch"] };

const bestPrefix = "best-";
const bestIn = (directory: string, step: number): string => join(directory, `${bestPrefix}${step}`);

/**
 * Looks at held-out questions while a method trains, and under `patience` keeps the weights of the best look in
 * best-STEP/. What it knows follows from before.json and the looks in metrics.jsonl, so a resumed run knows the same.
 */
export class Observer {
  readonly before: HeldOut;
  private readonly options: ObserverOptions;
  private readonly rightBefore: ReadonlySet<string>;
  private readonly bestLook: BestLook | undefined;

  private constructor(options: ObserverOptions, before: Before) {
    const { patience } = options.watch;
    this.options = options;
    this.before = before.heldOut;
    this.rightBefore = new Set(before.right);
    this.bestLook = patience === undefined ? undefined : new BestLook(patience);
    this.rate(0, before.heldOut);
  }

  /**
   * Looks at the start weights, which the model must still have: once, a resumed run reads what was found. Undefined
   * where there is nothing to look at.
   */
  static async start({ watch, ...rest }: Unwatched): Promise<Observer | undefined> {
    if (watch === undefined) return undefined;
    const options = { ...rest, watch };
    const { directory, label, progress, resumed } = options;
    checkWatching(watch);
    if (watch.questions.length === 0) {
      progress.note(`${label}: the task has no validation questions, so nothing is looked at on the way`);
      return undefined;
    }
    const file = join(directory, "before.json");
    const known = await readBefore(file);
    // A saved state may know a later best, for which these were dropped.
    const dropped = resumed && known !== undefined;
    const keep = watch.patience !== undefined && !dropped && !existsSync(bestIn(directory, 0));
    if (known !== undefined) {
      if (keep) await keepWeights(options, 0);
      return new Observer(options, known);
    }
    const { heldOut, right } = await lookAtHeldOut(options);
    const weights = watch.patience === undefined ? {} : await keepWeights(options, 0);
    const before = { step: 0 as const, heldOut: { ...heldOut, ...weights }, ...(right ? { right } : {}) };
    await writeFileAtomic(file, `${JSON.stringify(before)}\n`);
    progress.note(`${label}, start, ${watch.questions.length} held-out questions: ${describeLook(heldOut)}`);
    return new Observer(options, before);
  }

  /** Whether there is a look after this step. */
  looksAfter(step: number): boolean {
    const { totalSteps, watch } = this.options;
    return step === totalSteps || (watch.every > 0 && step % watch.every === 0);
  }

  /** Takes up a look that an earlier process recorded. */
  recall({ step, heldOut }: StepRecord): void {
    if (heldOut !== undefined) this.rate(step, heldOut);
  }

  /** Looks at the present weights, and keeps them when they are the best so far; to be recorded by the caller. */
  async look(step: number): Promise<HeldOut> {
    const { heldOut, right } = await lookAtHeldOut(this.options);
    const compared = { ...heldOut, ...this.compare(right) };
    const { accuracy } = heldOut;
    const better = accuracy !== undefined && this.bestLook?.isBetter(accuracy) === true;
    const found = better ? { ...compared, ...(await keepWeights(this.options, step)) } : compared;
    this.rate(step, found);
    this.options.progress.note(`${this.options.label}, step ${step}: ${describeLook(heldOut, this.before)}`);
    return found;
  }

  /** Whether this step's look is the best so far, so that its weights were just kept. */
  isBest(step: number): boolean {
    return this.bestLook?.best.step === step;
  }

  /** Drops the weights of earlier bests: for once a state is saved that knows the present one. */
  async prune(): Promise<void> {
    if (this.bestLook !== undefined) await removeBests(this.options.directory, this.bestLook.best.step);
  }

  /** Whether `patience` is at its end. */
  get exhausted(): boolean {
    return this.bestLook?.exhausted === true;
  }

  /** What is to be kept of a method that ended after `lastStep`; undefined: its last weights. */
  result(lastStep: number): { stopped: Stopped; digest: string } | undefined {
    if (this.bestLook === undefined) return undefined;
    const { directory, label, watch, totalSteps, progress } = this.options;
    const { step: bestStep, accuracy, weights: digest } = this.bestLook.best;
    if (!existsSync(bestIn(directory, bestStep)))
      throw failure({
        what: "the weights of the best look are gone",
        where: bestIn(directory, bestStep),
        fix: `remove ${directory} to train anew`,
      });
    const early = lastStep < totalSteps;
    const reason = this.exhausted
      ? `no better accuracy in ${watch.patience} ${watch.patience === 1 ? "look" : "looks"}`
      : "all steps done";
    const kept =
      bestStep === 0
        ? "no look was better than the start, so the weights that it started from are kept"
        : `the weights of step ${bestStep} are kept`;
    progress.note(
      `${label}: ${early ? `stopped at step ${lastStep} of ${totalSteps}` : `ended at step ${lastStep}`}, ${reason}; ` +
        `${kept} (accuracy ${percent(accuracy)} %)`,
    );
    return { stopped: { bestStep, lastStep, reason }, digest };
  }

  private rate(step: number, { accuracy, weights }: HeldOut): void {
    if (accuracy !== undefined) this.bestLook?.add({ step, accuracy, weights });
  }

  /** Questions gained and lost since the start, where they were answered. */
  private compare(right: Look["right"]): { gained?: number; lost?: number } {
    if (right === undefined) return {};
    const kept = right.filter((id) => this.rightBefore.has(id)).length;
    return { gained: right.length - kept, lost: this.rightBefore.size - kept };
  }
}

/** What was found at the start; undefined where it was not looked yet, or the file is no such record. */
async function readBefore(file: string): Promise<Before | undefined> {
  try {
    return beforeSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

async function keepWeights(
  { worker, model, directory }: ObserverOptions,
  step: number,
): Promise<{ weights: string }> {
  const { digest } = await worker.request("model/save", { model, directory: bestIn(directory, step) });
  return { weights: digest };
}

/** Makes the kept weights the artefact's checkpoint; does nothing the second time. */
export async function bestToCheckpoint(directory: string, step: number, checkpoint: string): Promise<void> {
  const best = bestIn(directory, step);
  if (!existsSync(best)) return;
  await rm(checkpoint, { recursive: true, force: true });
  await rename(best, checkpoint);
}

/** Removes the weights that were kept of looks, but for those of one step. */
export async function removeBests(directory: string, but?: number): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith(bestPrefix) && name !== `${bestPrefix}${but}`)
      await rm(join(directory, name), { recursive: true, force: true });
}
