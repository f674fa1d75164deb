import { mattersWhileTraining } from "../../analysis/index.ts";
import type { LossSettings } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { HeldOut, StepRecord } from "../step-record.ts";
import type { Place } from "../store/files.ts";
import { heldOutValues, stepValues, type TrackedRun } from "../tracking/index.ts";
import { describeStep, type Validator } from "../validation/index.ts";
import { TrainingWarnings, type Warning } from "../warnings/index.ts";
import { metricsFile } from "./files.ts";

export interface RecorderOptions {
  directory: string;
  loss: LossSettings;
  clipNorm: number;
  totalSteps: number;
  warmupSteps: number;
  /** Done by earlier processes, and in the saved state. */
  stepsBefore: number;
  /** What metrics.jsonl held when the run was taken up. */
  recorded: readonly StepRecord[];
  label: string;
  progress: ProgressSink;
  validator: Validator | undefined;
  /** Where the steps also go. */
  tracked: TrackedRun | undefined;
}

/** Keeps metrics.jsonl, shows and tracks each step live, and warns. What an earlier process recorded is taken up first. */
export class StepRecorder {
  /** The last step of the saved state, where its validation did not come to its end: to be recorded with one. */
  readonly unvalidated: StepRecord | undefined;
  /** That went through the model, in all steps. */
  tokens = 0;
  private readonly log: MetricsLog;
  private readonly options: RecorderOptions;
  private readonly warner: TrainingWarnings;
  private readonly tokensBefore: number;

  private constructor(options: RecorderOptions, log: MetricsLog) {
    const { validator } = options;
    this.options = options;
    this.log = log;
    this.warner = new TrainingWarnings({ ...options, before: validator?.before });
    if (validator !== undefined) options.tracked?.log(0, heldOutValues(validator.before));
    const last = log.kept.at(-1);
    const isUnvalidated = last?.heldOut === undefined && last?.step === options.stepsBefore;
    this.unvalidated = isUnvalidated && validator?.isDueAfter(options.stepsBefore) ? last : undefined;
    for (const step of log.kept) {
      if (step === this.unvalidated) continue;
      this.warner.observe(step);
      validator?.recall(step);
      this.tokens += step.tokens;
      this.track(step);
    }
    this.tokensBefore = this.tokens;
  }

  static async open(options: RecorderOptions): Promise<StepRecorder> {
    return new StepRecorder(options, await openMetricsLog(options));
  }

  get warnings(): readonly Warning[] {
    return this.warner.raised;
  }

  async record(metrics: StepRecord, heldOut?: HeldOut): Promise<void> {
    const { label, progress, totalSteps, stepsBefore, loss } = this.options;
    const measured = heldOut === undefined ? metrics : { ...metrics, heldOut };
    const { ofStep, ofValidation } = this.warner.observe(measured);
    const texts = ofValidation.map(({ text }) => text);
    const line =
      heldOut === undefined || texts.length === 0
        ? measured
        : { ...metrics, heldOut: { ...heldOut, warnings: texts } };
    await (metrics === this.unvalidated ? this.log.replaceLast(line) : this.log.append(line));
    this.track(line);
    this.tell([...ofStep, ...ofValidation]);
    this.tokens += metrics.tokens;
    progress.update({
      label,
      done: metrics.step,
      total: totalSteps,
      unit: "steps",
      from: stepsBefore,
      tokens: this.tokens - this.tokensBefore,
      detail: describeStep(metrics, loss.kind !== "vft"),
    });
  }

  /** After the last step of the training, wherever it ended. */
  end(): void {
    this.tell(this.warner.end());
  }

  private tell(warnings: readonly Warning[]): void {
    const { label, progress } = this.options;
    // The report has them all.
    for (const { kind, text } of warnings)
      if (mattersWhileTraining(kind)) progress.note(`${label}: warning: ${text}`);
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.options.tracked?.close();
  }

  private track(step: StepRecord): void {
    this.options.tracked?.log(step.step, stepValues(step));
  }
}

/** The steps that earlier processes recorded, up to where the file is as it was written. */
export async function recordedSteps(place: Place, tell: (text: string) => void): Promise<StepRecord[]> {
  if (!metricsFile.isIn(place)) return [];
  await (await metricsFile.append(place, tell)).close();
  return metricsFile.read(place);
}

/** metrics.jsonl of a run that begins or goes on. */
interface MetricsLog {
  /** The steps up to the saved state, as an earlier process recorded them. */
  kept: readonly StepRecord[];
  append(record: StepRecord): Promise<void>;
  /** Puts a record in the place of the last kept one; before the first append. */
  replaceLast(record: StepRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens metrics.jsonl, less the steps after the saved state: those are done again. */
async function openMetricsLog(options: RecorderOptions): Promise<MetricsLog> {
  const { recorded, stepsBefore, progress } = options;
  const output = await metricsFile.append(options, (text) => progress.note(text));
  const kept = recorded.filter(({ step }) => step <= stepsBefore);
  if (kept.length < recorded.length) await output.replace(kept);
  return {
    kept,
    append: (record) => output.append([record]),
    replaceLast: (record) => output.replace([...kept.slice(0, -1), record]),
    close: () => output.close(),
  };
}
