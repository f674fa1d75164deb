/** What trackers are given, by the names under which they show it. */
import { assess, assessSamples, type Prediction } from "../../analysis/index.ts";
import type { Group } from "../../core/records.ts";
import type { HeldOut, StepRecord } from "../step-record.ts";

export type Values = Record<string, number>;

/** Those that are numbers, under `prefix`; null: nothing defines it. */
function known(measured: Record<string, number | null | undefined>, prefix = ""): Values {
  return Object.fromEntries(
    Object.entries(measured).flatMap(([name, value]) =>
      typeof value === "number" && Number.isFinite(value) ? [[prefix + name, value]] : [],
    ),
  );
}

export function stepValues({ loss, heldOut, ...step }: StepRecord): Values {
  return {
    ...known({
      loss: loss.total,
      vft: loss.vft,
      alignment: loss.alignment,
      learningRate: step.learningRate,
      gradientNorm: step.gradientNorm,
      meanReference: step.meanReference,
      meanPositive: step.meanPositive,
      meanNegative: step.meanNegative,
      margin: step.margin,
      assessmentAccuracy: step.assessmentAccuracy,
      meanBoundary: step.meanBoundary,
      negativesBelowBoundary: step.negativesBelowBoundary,
      divergence: step.divergence,
      tokensPerSecond: step.tokensPerSecond,
    }),
    ...(heldOut === undefined ? {} : heldOutValues(heldOut)),
  };
}

export const heldOutValues = (heldOut: HeldOut): Values =>
  known(
    {
      accuracy: heldOut.accuracy,
      AAccuracy: heldOut.assessmentMicro,
      perplexityPositive: heldOut.perplexityPositive,
      perplexityNegative: heldOut.perplexityNegative,
      perplexityReference: heldOut.perplexityReference,
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
export function evaluationValues({ split, task, predictions = [], samples, heldOut }: Evaluated): Values {
  const { assessmentAccuracy, perplexity } = assess(heldOut);
  const sampled = samples && assessSamples(samples);
  const right = predictions.filter(({ correct }) => correct).length;
  return known(
    {
      accuracy: predictions.length === 0 ? null : right / predictions.length,
      AAccuracy: assessmentAccuracy.micro,
      perplexityPositive: perplexity.positive,
      perplexityNegative: perplexity.negative,
      sampledAccuracy: sampled?.sampledAccuracy,
      majorityAccuracy: sampled?.majority.accuracy,
    },
    task === undefined ? `${split}/` : `${split}/${task}/`,
  );
}
