import type { LossSettings } from "../../bridge/index.ts";
import type { HeldOut, StepRecord } from "../train/step-record.ts";
import { longestWindow, stepWarnings } from "./step-signs.ts";
import { lookWarnings } from "./validation-signs.ts";

/** Something that goes wrong while a method trains, in words and with the numbers that show it. */
export interface Warning {
  step: number;
  kind: string;
  text: string;
}

/** What the warnings know beside the steps. */
export interface Setting {
  loss: LossSettings;
  /** Largest gradient norm; 0: no clipping. */
  clipNorm: number;
  totalSteps: number;
  /** What the start weights came to on held-out questions. */
  before?: HeldOut | undefined;
}

/**
 * Watches a method's steps for what METHOD names as signs of a training that goes wrong. Each kind is told once. It
 * is a function of the steps alone: a resumed run that reads its steps again knows what was told before.
 */
export class LiveWarnings {
  readonly told: Warning[] = [];
  private readonly setting: Setting;
  private readonly recent: StepRecord[] = [];

  constructor(setting: Setting) {
    this.setting = setting;
  }

  /** What the next step shows for the first time: by its own numbers, and by its look if it had one. */
  observe(record: StepRecord): { ofStep: Warning[]; ofLook: Warning[] } {
    this.recent.push(record);
    if (this.recent.length > longestWindow) this.recent.shift();
    return {
      ofStep: this.firsts(record.step, stepWarnings(this.recent, this.setting)),
      ofLook:
        record.heldOut === undefined ? [] : this.firsts(record.step, lookWarnings(record, this.setting)),
    };
  }

  private firsts(step: number, shown: Record<string, string | undefined>): Warning[] {
    const firsts = Object.entries(shown).flatMap(([kind, text]) =>
      text === undefined || this.told.some((one) => one.kind === kind) ? [] : [{ step, kind, text }],
    );
    this.told.push(...firsts);
    return firsts;
  }
}
