/** What trackers are told, by the names under which they show it. */
import { assess, assessSamples, type Prediction } from "../../analysis/index.ts";
import type { Group } from "../../core/records.ts";
import type { HeldOut, StepRecord } from "../train/step-record.ts";

export type Values = Record<string, number>;

/** null: nothing defines it. */
type Measured = Record<string, number | null | undefined>;

/** Those that are numbers, under `prefix`. */
function known(measured: Measured, prefix = ""): Values {
  return Object.fromEntries(
    Object.entries(measured).flatMap(([name, value]) =>
      typeof value === "number" && Number.isFinite(value) ? [[prefix + name, value]] : [],
    ),
  );
}

export const stepValues = (step: StepRecord): Values => ({
  ...known({
    loss: step.loss.total,
    vft: step.loss.vft,
    alignment: step.loss.alignment,
    learningRate: step.learningRate,
    gradientNorm: step.gradientNorm,
    meanReference: step.meanReference,
    meanPositive: step.meanPositive,
    meanNegative: step.meanNegative,
    margin: step.margin,
    assessmentAccuracy: step.assessmentAccuracy,
    meanBoundary: step.meanBoundary,
    negativesBelowBoundary: step.negativesBelowBoundary,
    tokensPerSecond: step.tokensPerSecond,
  }),
  ...(step.heldOut === undefined ? {} : lookValues(step.heldOut)),
});

export const lookValues = (look: HeldOut): Values =>
  known(
    {
      accuracy: look.accuracy,
      AAccuracy: look.assessmentMicro,
      perplexityPositive: look.perplexityPositive,
      perplexityNegative: look.perplexityNegative,
      perplexityReference: look.perplexityReference,
    },
    "heldOut/",
  );

export interface Evaluated {
  split: string;
  /** Where there are several. */
  task?: string | undefined;
  /** Greedy answers, where there are any. */
  predictions?: readonly Prediction[];
  /** The model's own samples, where there are any. */
  samples?: readonly Group[];
  /** Its scores of the VFT model's samples. */
  heldOut: readonly Group[];
}

/** Of an evaluation: `test/accuracy`, or `test/TASK/accuracy` where there are several tasks. */
export function finalValues({ split, task, predictions, samples, heldOut }: Evaluated): Values {
  const { assessmentAccuracy, perplexity } = assess(heldOut);
  const own = samples === undefined ? undefined : assessSamples(samples);
  const right = predictions?.filter(({ correct }) => correct).length ?? 0;
  const count = predictions?.length ?? 0;
  return known(
    {
      accuracy: count === 0 ? null : right / count,
      AAccuracy: assessmentAccuracy.micro,
      perplexityPositive: perplexity.positive,
      perplexityNegative: perplexity.negative,
      sampledAccuracy: own?.sampledAccuracy,
      majorityAccuracy: own?.majority.accuracy,
    },
    task === undefined ? `${split}/` : `${split}/${task}/`,
  );
}
