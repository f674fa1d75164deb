import { z } from "zod";
import type { StepRecord } from "../step-record.ts";
import { type AfterWarmup, type Conditions, longestWindow, signs } from "./signs.ts";

/** Something that goes wrong while a method trains, in words and with the numbers that show it. */
export const warningSchema = z.object({ step: z.int(), kind: z.string(), text: z.string() });
export type Warning = z.infer<typeof warningSchema>;

/**
 * Watches a method's steps for what METHOD names as signs of a training that goes wrong. Each kind is raised once. It
 * is a function of the steps alone: a resumed run that reads its steps again knows what was raised before.
 */
export class TrainingWarnings {
  readonly raised: Warning[] = [];
  private readonly conditions: Conditions;
  private readonly recent: StepRecord[] = [];
  private readonly afterWarmup: AfterWarmup = { steps: 0, clipped: 0 };

  constructor(conditions: Conditions) {
    this.conditions = conditions;
  }

  /** What the next step shows for the first time: by its own numbers, and by its validation if it had one. */
  observe(record: StepRecord): { ofStep: Warning[]; ofValidation: Warning[] } {
    this.recent.push(record);
    if (this.recent.length > longestWindow) this.recent.shift();
    if (record.step > this.conditions.warmupSteps) {
      this.afterWarmup.steps++;
      if (record.gradientNorm > this.conditions.clipNorm) this.afterWarmup.clipped++;
    }
    return { ofStep: this.raise("step"), ofValidation: this.raise("validation") };
  }

  /** What all steps together show, after the last one. */
  end(): Warning[] {
    return this.recent.length === 0 ? [] : this.raise("end");
  }

  private raise(source: keyof typeof signs): Warning[] {
    const { step } = this.recent.at(-1)!;
    const warnings = Object.entries(signs[source])
      .filter(([kind]) => !this.raised.some((warning) => warning.kind === kind))
      .flatMap(([kind, sign]) => {
        const text = sign(this.recent, this.conditions, this.afterWarmup);
        return text === undefined ? [] : [{ step, kind, text }];
      });
    this.raised.push(...warnings);
    return warnings;
  }
}
