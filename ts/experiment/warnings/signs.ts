/** The signs of a training that goes wrong, each with the numbers that show it. */
import { decimal, mcnemarExact, percent, plural } from "../../analysis/index.ts";
import type { LossSettings } from "../../bridge/index.ts";
import { entryOf } from "../../config/index.ts";
import { sumOf } from "../../core/sum.ts";
import type { HeldOut, StepRecord } from "../step-record.ts";

/** What the signs are read by beside the steps. */
export interface Conditions {
  loss: LossSettings;
  /** Largest gradient norm; 0: no clipping. */
  clipNorm: number;
  totalSteps: number;
  /** First steps, in which the learning rate rises. */
  warmupSteps: number;
  /** What the start weights came to on held-out questions. */
  before?: HeldOut | undefined;
}

/** Counts over all steps after the warm-up: a model that begins to learn has large gradients. */
export interface AfterWarmup {
  steps: number;
  clipped: number;
}

/** A sign in words, where the last steps show it; the newest step is the last. */
type Sign = (
  recent: readonly StepRecord[],
  conditions: Conditions,
  afterWarmup: AfterWarmup,
) => string | undefined;

/** By the kind of the warning: what steps show by their own numbers, what a step's validation shows, and what all did. */
export const signs: Record<"step" | "validation" | "end", Record<string, Sign>> = {
  step: {
    "all-warm-up": allWarmup,
    "no-pairs": noPairs,
    "both-sink": bothSink,
    "below-boundary": belowBoundary,
  },
  validation: {
    "overfit-to-assessing": overfitToAssessing,
    "positives-less-likely": positivesLessLikely,
  },
  end: { clipped },
};

/** No sign looks further back than so many steps. */
export const longestWindow = 50;

function allWarmup(
  recent: readonly StepRecord[],
  { warmupSteps, totalSteps }: Conditions,
): string | undefined {
  if (recent.at(-1)!.step !== 1 || totalSteps === 1 || warmupSteps < totalSteps) return undefined;
  return `the warm-up takes all of the ${totalSteps} steps that there are questions for: the learning rate is reached in the last of them only`;
}

/** First steps that must show a pair. */
const pairSteps = 20;

function noPairs(recent: readonly StepRecord[], { loss, totalSteps }: Conditions): string | undefined {
  const { step } = recent.at(-1)!;
  if (loss.kind === "vft" || step !== Math.min(pairSteps, totalSteps) || recent.length < step)
    return undefined;
  if (recent.some(({ pairedGroups, takenGroups = 0 }) => pairedGroups > 0 || takenGroups > 0))
    return undefined;
  const questions = plural(
    sumOf(recent, ({ groups }) => groups),
    "question",
  );
  const entry = entryOf(loss.kind === "alignment" ? "aft" : loss.kind);
  const lacks =
    entry.kind === "group loss" && !entry.needs.pair
      ? "a COT that it goes by"
      : "both a better and a worse COT";
  const left =
    "vftWeight" in loss && loss.vftWeight === 0
      ? "nothing trains (vftWeight is 0)"
      : "the VFT loss trains alone";
  return `none of the ${questions} of the first ${plural(step, "step")} has ${lacks}: its own loss is 0, and ${left}`;
}

/** Steps over which scores are seen to sink, the second half against the first. */
const sinkingSteps = 40;
/** ...by more than so many standard errors: steps differ by their questions too. */
const sinkingErrors = 3;

/** METHOD: without a constraint the scores of right COTs sink with those of wrong ones, and text degenerates. */
function bothSink(recent: readonly StepRecord[], { loss }: Conditions): string | undefined {
  const window = recent.slice(-sinkingSteps);
  if (window.length < sinkingSteps) return undefined;
  const positive = fall(window.map(({ meanPositive }) => meanPositive));
  const negative = fall(window.map(({ meanNegative }) => meanNegative));
  if (positive === undefined || negative === undefined) return undefined;
  const half = sinkingSteps / 2;
  const advice =
    loss.kind !== "vft" && loss.constraint === "none"
      ? "a constraint (detached, boundary) keeps it from pushing all down"
      : "the learning rate or the weight may be too high";
  return (
    `right and wrong COTs both sink: from steps ${window[0]!.step}-${window[half - 1]!.step} to steps ` +
    `${window[half]!.step}-${window.at(-1)!.step} the mean score of right ones fell from ${positive}, that of wrong ones ` +
    `from ${negative}; ${advice}`
  );
}

/** The mean of the first half and that of the second, in words; undefined where its fall may be chance. */
function fall(values: readonly (number | undefined)[]): string | undefined {
  const half = values.length / 2;
  const [first, second] = [values.slice(0, half), values.slice(half)].map(meanOf);
  if (first === undefined || second === undefined) return undefined;
  const error = Math.sqrt(first.squaredError + second.squaredError);
  if (!(first.mean - second.mean > sinkingErrors * error)) return undefined;
  return `${decimal(first.mean)} to ${decimal(second.mean)}`;
}

/** Mean and its squared standard error; undefined for fewer than half as many values as a half of the window has. */
function meanOf(
  measured: readonly (number | undefined)[],
): { mean: number; squaredError: number } | undefined {
  const values = measured.filter((value) => value !== undefined);
  const n = values.length;
  if (n < sinkingSteps / 4) return undefined;
  const mean = sumOf(values, Number) / n;
  const variance = sumOf(values, (value) => (value - mean) ** 2) / (n - 1);
  return { mean, squaredError: variance / n };
}

/** Steps over which the share of COTs below their boundary is a mean, and the share that is too many. */
const boundarySteps = 20;
const mostBelow = 0.5;

function belowBoundary(recent: readonly StepRecord[]): string | undefined {
  const shares = recent.slice(-boundarySteps).flatMap(({ negativesBelowBoundary: share }) => share ?? []);
  if (shares.length < boundarySteps) return undefined;
  const mean = sumOf(shares, Number) / shares.length;
  if (mean <= mostBelow) return undefined;
  return (
    `beta may be too small: over the last ${boundarySteps} steps ${percent(mean)} % of the worse COTs lay below their boundary, ` +
    "where the loss pulls them up; a greater beta lowers the boundary"
  );
}

/** Fewer steps than this tell nothing of clipping, and the share of them that is nearly all. */
const fewestClipped = 50;
const nearlyAll = 0.95;

/** Told once, of the whole: what holds for some steps, at the beginning above all, is what clipping is for. */
function clipped(
  recent: readonly StepRecord[],
  { clipNorm }: Conditions,
  { steps, clipped: count }: AfterWarmup,
): string | undefined {
  if (clipNorm === 0 || steps < fewestClipped || count < nearlyAll * steps) return undefined;
  const norms = recent.map(({ gradientNorm }) => gradientNorm).sort((a, b) => a - b);
  const median = (norms[Math.floor((norms.length - 1) / 2)]! + norms[Math.ceil((norms.length - 1) / 2)]!) / 2;
  return (
    `the gradient was clipped in ${count} of the ${steps} steps after the warm-up (median norm of the last ${norms.length} ` +
    `${median.toPrecision(3)}, limit ${clipNorm}): the clipping sets the size of the updates; a lower learning rate or ` +
    "weight, or a higher clipNorm, may be due"
  );
}

/** A loss of accuracy counts when so many lost and gained questions are less likely than this by chance. */
const chance = 0.05;

function overfitToAssessing(recent: readonly StepRecord[], { before }: Conditions): string | undefined {
  const { step, heldOut: now } = recent.at(-1)!;
  if (now?.accuracy === undefined || before?.accuracy === undefined) return undefined;
  const { gained = 0, lost = 0, assessmentMicro } = now;
  if (assessmentMicro === null || before.assessmentMicro === null) return undefined;
  const p = mcnemarExact(lost, gained);
  if (assessmentMicro <= before.assessmentMicro || lost <= gained || p >= chance) return undefined;
  return (
    `it over-fits to assessing: at step ${step} assessment accuracy has risen from ` +
    `${percent(before.assessmentMicro)} to ${percent(assessmentMicro)} % since the start while accuracy has fallen ` +
    `from ${percent(before.accuracy)} to ${percent(now.accuracy)} %: of ${now.questions} held-out questions ${lost} ` +
    `were lost and ${gained} gained (exact McNemar p ${p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`})`
  );
}

/** Perplexity of right COTs may rise by this share of what it was. */
const perplexityRise = 0.05;

function positivesLessLikely(
  recent: readonly StepRecord[],
  { before, loss }: Conditions,
): string | undefined {
  const { step, heldOut: now } = recent.at(-1)!;
  if (now?.perplexityPositive == null || before?.perplexityPositive == null) return undefined;
  const rise = now.perplexityPositive / before.perplexityPositive - 1;
  if (rise <= perplexityRise) return undefined;
  return (
    `right COTs have become less likely: at step ${step} their perplexity on held-out questions is ` +
    `${decimal(now.perplexityPositive)}, ${percent(rise)} % above the ${decimal(before.perplexityPositive)} of the start ` +
    `(told from ${percent(perplexityRise, 0)} %); ${causeOf(loss)}`
  );
}

function causeOf(loss: LossSettings): string {
  if (loss.kind === "vft")
    return "the learning rate may be too high, or the references too far from the samples";
  switch (loss.constraint) {
    case "none":
      return "there is no constraint, and pushing wrong COTs down drags right ones with them";
    case "detached":
      return "wrong COTs are not pushed, so the learning rate or the weight may be too high";
    default:
      return "the boundary may be too close (a greater beta lowers it), or the weight too high";
  }
}
