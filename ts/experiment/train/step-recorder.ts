import type { LossSettings } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { TrackedRun } from "../tracking/tracking.ts";
import { lookValues, stepValues } from "../tracking/values.ts";
import { describeStep } from "../validation/describe.ts";
import type { Observer } from "../validation/validator.ts";
import { LiveWarnings, type Warning } from "../warnings/training-warnings.ts";
import { type MetricsLog, openMetricsLog } from "./metrics-log.ts";
import type { HeldOut, StepRecord } from "./step-record.ts";

export interface RecorderOptions {
  directory: string;
  loss: LossSettings;
  clipNorm: number;
  totalSteps: number;
  /** Done by earlier processes, and in the saved state. */
  stepsBefore: number;
  label: string;
  progress: ProgressSink;
  observer: Observer | undefined;
  /** Where the steps also go. */
  tracked: TrackedRun | undefined;
}

/** Keeps metrics.jsonl, shows and tracks each step live, and warns. What an earlier process recorded is taken up first. */
export class StepRecorder {
  /** The last step of the saved state, where its look did not come to its end: to be recorded with one. */
  readonly unlooked: StepRecord | undefined;
  /** That went through the model, in all steps. */
  tokens = 0;
  private readonly log: MetricsLog;
  private readonly options: RecorderOptions;
  private readonly warner: LiveWarnings;
  private readonly tokensBefore: number;

  private constructor(options: RecorderOptions, log: MetricsLog) {
    const { observer } = options;
    this.options = options;
    this.log = log;
    this.warner = new LiveWarnings({ ...options, before: observer?.before });
    if (observer !== undefined) options.tracked?.log(0, lookValues(observer.before));
    const last = log.kept.at(-1);
    const isUnlooked = last?.heldOut === undefined && last?.step === options.stepsBefore;
    this.unlooked = isUnlooked && observer?.looksAfter(options.stepsBefore) ? last : undefined;
    for (const step of log.kept) {
      if (step === this.unlooked) continue;
      this.warner.observe(step);
      observer?.recall(step);
      this.tokens += step.tokens;
      this.track(step);
    }
    this.tokensBefore = this.tokens;
  }

  static async open(options: RecorderOptions): Promise<StepRecorder> {
    return new StepRecorder(options, await openMetricsLog(options, options.stepsBefore));
  }

  get warnings(): readonly Warning[] {
    return this.warner.told;
  }

  async record(metrics: StepRecord, heldOut?: HeldOut): Promise<void> {
    const { label, progress, totalSteps, stepsBefore, loss } = this.options;
    const looked = heldOut === undefined ? metrics : { ...metrics, heldOut };
    const { ofStep, ofLook } = this.warner.observe(looked);
    const texts = ofLook.map(({ text }) => text);
    const line =
      heldOut === undefined || texts.length === 0
        ? looked
        : { ...metrics, heldOut: { ...heldOut, warnings: texts } };
    await (metrics === this.unlooked ? this.log.replaceLast(line) : this.log.append(line));
    this.track(line);
    for (const { text } of [...ofStep, ...ofLook]) progress.note(`${label}: warning: ${text}`);
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

  async close(): Promise<void> {
    await this.log.close();
    await this.options.tracked?.close();
  }

  private track(step: StepRecord): void {
    this.options.tracked?.log(step.step, stepValues(step));
  }
}
