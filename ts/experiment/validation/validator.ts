import { existsSync } from "node:fs";
import { z } from "zod";
import { percent } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import { damageInSealed } from "../../core/seal.ts";
import { type HeldOut, heldOutSchema, type StepRecord } from "../step-record.ts";
import { JsonFile } from "../store/files.ts";
import { describeHeldOut } from "./describe.ts";
import { bestIn, EarlyStopping, removeBests, type Stopped } from "./early-stopping.ts";
import { type PassOptions, runValidationPass, type ValidationPass } from "./pass.ts";
import { checkValidation, type Validation } from "./settings.ts";

/** The first pass, of the weights that the method starts from; in a method's artefact where there was one. */
const beforeSchema = z.looseObject({
  step: z.literal(0),
  heldOut: heldOutSchema,
  right: z.array(z.string()).optional().meta({ description: "ids of the questions answered rightly" }),
});
type Before = z.infer<typeof beforeSchema>;
export const beforeFile = new JsonFile("before.json", beforeSchema, { seal: "checksum" });

export interface ValidatorOptions extends PassOptions {
  directory: string;
  totalSteps: number;
  /** Whether the run goes on from a saved state: its best weights so far are there then. */
  resumed: boolean;
}

type StartOptions = Omit<ValidatorOptions, "validation"> & { validation?: Validation };

/**
 * Validates while a method trains, and under `patience` keeps the weights of the best pass in best-STEP/. What it knows
 * follows from before.json and the passes in metrics.jsonl, so a resumed run knows the same.
 */
export class Validator {
  readonly before: HeldOut;
  private readonly options: ValidatorOptions;
  private readonly rightBefore: ReadonlySet<string>;
  private readonly earlyStopping: EarlyStopping | undefined;

  private constructor(options: ValidatorOptions, before: Before) {
    const { patience } = options.validation;
    this.options = options;
    this.before = before.heldOut;
    this.rightBefore = new Set(before.right);
    this.earlyStopping = patience === undefined ? undefined : new EarlyStopping(patience);
    this.rate(0, before.heldOut);
  }

  /**
   * Measures the start weights, which the model must still have: once, a resumed run reads what was measured. Undefined
   * where there is nothing to validate on.
   */
  static async start({ validation, ...rest }: StartOptions): Promise<Validator | undefined> {
    if (validation === undefined) return undefined;
    const options = { ...rest, validation };
    const { directory, label, progress, resumed } = options;
    const { questions, patience } = validation;
    checkValidation(validation);
    if (questions.length === 0) {
      progress.note(`${label}: the task has no validation questions, so nothing is looked at on the way`);
      return undefined;
    }
    const known = await beforeFile.takeUp(options, (text) => progress.note(text));
    if (known !== undefined) {
      // A saved state may know a later best, for which these weights were dropped.
      const isNeeded = patience !== undefined && !resumed && !existsSync(bestIn(directory, 0));
      if (isNeeded) await saveBest(options, 0);
      return new Validator(options, known);
    }
    const { heldOut, right } = await runValidationPass(options);
    const weights = patience === undefined ? {} : await saveBest(options, 0);
    const before = { step: 0 as const, heldOut: { ...heldOut, ...weights }, ...defined({ right }) };
    await beforeFile.write(options, before);
    progress.note(`${label}, start, ${questions.length} held-out questions: ${describeHeldOut(heldOut)}`);
    return new Validator(options, before);
  }

  /** Whether there is a pass after this step. */
  isDueAfter(step: number): boolean {
    const { totalSteps, validation } = this.options;
    return step === totalSteps || (validation.every > 0 && step % validation.every === 0);
  }

  /** Takes up a pass that an earlier process recorded. */
  recall({ step, heldOut }: StepRecord): void {
    if (heldOut !== undefined) this.rate(step, heldOut);
  }

  /** Measures the present weights, and keeps them when they are the best so far; to be recorded by the caller. */
  async validate(step: number): Promise<HeldOut> {
    const { label, progress } = this.options;
    const { heldOut, right } = await runValidationPass(this.options);
    const { accuracy } = heldOut;
    const isBest = accuracy !== undefined && this.earlyStopping?.isBetter(accuracy) === true;
    const weights = isBest ? await saveBest(this.options, step) : {};
    const result = { ...heldOut, ...this.changes(right), ...weights };
    this.rate(step, result);
    progress.note(`${label}, step ${step}: ${describeHeldOut(heldOut, this.before)}`);
    return result;
  }

  /** Whether this step's pass is the best so far, so that its weights were just kept. */
  isBest(step: number): boolean {
    return this.earlyStopping?.best.step === step;
  }

  /** Drops the weights of earlier bests: for once a state is saved that knows the present one. */
  async prune(): Promise<void> {
    if (this.earlyStopping !== undefined)
      await removeBests(this.options.directory, this.earlyStopping.best.step);
  }

  /** Whether `patience` is at its end. */
  get isExhausted(): boolean {
    return this.earlyStopping?.isExhausted === true;
  }

  /** What is to be kept of a method that ended after `lastStep`; undefined: its last weights. */
  async result(lastStep: number): Promise<{ stopped: Stopped; digest: string } | undefined> {
    if (this.earlyStopping === undefined) return undefined;
    const { directory, label, validation, totalSteps, progress } = this.options;
    const { step: bestStep, accuracy, weights: digest = "" } = this.earlyStopping.best;
    const best = bestIn(directory, bestStep);
    if (!existsSync(best))
      throw failure({
        what: "the weights of the best look are gone",
        where: best,
        fix: `remove ${directory} to train anew`,
      });
    const damage = await damageInSealed(best);
    if (damage !== undefined)
      throw failure({
        what: `the weights of the best look were damaged: ${damage}`,
        where: best,
        fix: "run the same command again: the method is trained anew",
      });
    const { patience } = validation;
    const reason = this.isExhausted
      ? `no better accuracy in ${patience} ${patience === 1 ? "look" : "looks"}`
      : "all steps done";
    const end =
      lastStep < totalSteps ? `stopped at step ${lastStep} of ${totalSteps}` : `ended at step ${lastStep}`;
    const kept =
      bestStep === 0
        ? "no look was better than the start, so the weights that it started from are kept"
        : `the weights of step ${bestStep} are kept`;
    progress.note(`${label}: ${end}, ${reason}; ${kept} (accuracy ${percent(accuracy)} %)`);
    return { stopped: { bestStep, lastStep, reason }, digest };
  }

  private rate(step: number, { accuracy, weights }: HeldOut): void {
    if (accuracy !== undefined) this.earlyStopping?.add({ step, accuracy, weights });
  }

  /** Questions gained and lost since the start, where they were answered. */
  private changes(right: ValidationPass["right"]): { gained?: number; lost?: number } {
    if (right === undefined) return {};
    const stayed = right.filter((id) => this.rightBefore.has(id)).length;
    return { gained: right.length - stayed, lost: this.rightBefore.size - stayed };
  }
}

async function saveBest(
  { worker, model, directory }: ValidatorOptions,
  step: number,
): Promise<{ weights: string }> {
  const { digest } = await worker.request("model/save", { model, directory: bestIn(directory, step) });
  return { weights: digest };
}
