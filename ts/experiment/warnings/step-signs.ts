import { decimal, percent, plural } from "../../analysis/index.ts";
import type { StepRecord } from "../train/step-record.ts";
import type { Setting } from "./training-warnings.ts";

/** Steps over which scores are seen to sink, the second half against the first. */
const sinkingSteps = 40;
/** ...by more than so many standard errors: steps differ by their questions too. */
const sinkingErrors = 3;
/** Steps over which the share of COTs below their boundary is a mean, and the share that is too many. */
const boundarySteps = 20;
const mostBelow = 0.5;
/** Steps over which clipping is counted, and the share of them that is nearly all. */
const clippedSteps = 50;
const nearlyAll = 0.95;
/** First steps that must show a pair. */
const pairSteps = 20;

/** No warning looks further back. */
export const longestWindow = 50;

/** What the last steps show; the newest is the last. */
export const stepWarnings = (
  recent: readonly StepRecord[],
  setting: Setting,
): Record<string, string | undefined> => ({
  "no-pairs": noPairs(recent, setting),
  "both-sink": bothSink(recent, setting),
  "below-boundary": belowBoundary(recent),
  clipped: clipped(recent, setting),
});

function noPairs(recent: readonly StepRecord[], { loss, totalSteps }: Setting): string | undefined {
  const { step } = recent.at(-1)!;
  if (loss.kind === "vft" || step !== Math.min(pairSteps, totalSteps) || recent.length < step)
    return undefined;
  if (recent.some(({ pairedGroups }) => pairedGroups > 0)) return undefined;
  const groups = recent.reduce((sum, one) => sum + one.groups, 0);
  return (
    `none of the ${plural(groups, "question")} of the first ${plural(step, "step")} has both a better and a worse COT: ` +
    "its own loss is 0, and the VFT loss trains alone"
  );
}

/** METHOD: without a constraint the scores of right COTs sink with those of wrong ones, and text degenerates. */
function bothSink(recent: readonly StepRecord[], { loss }: Setting): string | undefined {
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
    `${window[half]!.step}-${window.at(-1)!.step} the mean score of right ones fell from ${shown(positive)}, that of wrong ones ` +
    `from ${shown(negative)}; ${advice}`
  );
}

interface Fall {
  from: number;
  to: number;
}

const shown = ({ from, to }: Fall): string => `${decimal(from)} to ${decimal(to)}`;

/** How far the second half's mean lies below the first's; undefined where that may be chance. */
function fall(values: readonly (number | undefined)[]): Fall | undefined {
  const half = values.length / 2;
  const [first, second] = [values.slice(0, half), values.slice(half)].map((part) =>
    meanOf(part.filter((value) => value !== undefined)),
  );
  if (first === undefined || second === undefined) return undefined;
  const error = Math.sqrt(first.squaredError + second.squaredError);
  if (!(first.mean - second.mean > sinkingErrors * error)) return undefined;
  return { from: first.mean, to: second.mean };
}

/** Mean and its squared standard error; undefined for fewer than half as many values as a half of the window has. */
function meanOf(values: readonly number[]): { mean: number; squaredError: number } | undefined {
  const n = values.length;
  if (n < sinkingSteps / 4) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, squaredError: variance / n };
}

function belowBoundary(recent: readonly StepRecord[]): string | undefined {
  const shares = recent.slice(-boundarySteps).flatMap(({ negativesBelowBoundary: share }) => share ?? []);
  if (shares.length < boundarySteps) return undefined;
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  if (share <= mostBelow) return undefined;
  return (
    `beta may be too small: over the last ${boundarySteps} steps ${percent(share)} % of the worse COTs lay below their boundary, ` +
    "where the loss pulls them up; a greater beta lowers the boundary"
  );
}

function clipped(recent: readonly StepRecord[], { clipNorm }: Setting): string | undefined {
  const window = recent.slice(-clippedSteps);
  if (clipNorm === 0 || window.length < clippedSteps) return undefined;
  const norms = window.map(({ gradientNorm }) => gradientNorm).sort((a, b) => a - b);
  const count = norms.filter((norm) => norm > clipNorm).length;
  if (count < nearlyAll * clippedSteps) return undefined;
  const median = (norms[clippedSteps / 2 - 1]! + norms[clippedSteps / 2]!) / 2;
  return (
    `the gradient was clipped in ${count} of the last ${clippedSteps} steps (median norm ${median.toPrecision(3)}, limit ` +
    `${clipNorm}): the clipping sets the size of the updates; a lower learning rate or weight, or a higher clipNorm, may be due`
  );
}
