import { decimal, mcnemarExact, percent } from "../../analysis/index.ts";
import type { StepRecord } from "../train/step-record.ts";
import type { Setting } from "./training-warnings.ts";

/** A loss of accuracy counts when so many lost and gained questions are less likely than this by chance. */
const chance = 0.05;
/** Perplexity of right COTs may rise by this share of what it was. */
const perplexityRise = 0.05;

/** What a look at held-out questions shows against the look at the start. */
export const lookWarnings = (record: StepRecord, setting: Setting): Record<string, string | undefined> => ({
  "overfit-to-assessing": overfitToAssessing(record, setting),
  "positives-less-likely": positivesLessLikely(record, setting),
});

function overfitToAssessing({ step, heldOut: now }: StepRecord, { before }: Setting): string | undefined {
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

function positivesLessLikely(
  { step, heldOut: now }: StepRecord,
  { before, loss }: Setting,
): string | undefined {
  if (now?.perplexityPositive == null || before?.perplexityPositive == null) return undefined;
  const rise = now.perplexityPositive / before.perplexityPositive - 1;
  if (rise <= perplexityRise) return undefined;
  return (
    `right COTs have become less likely: at step ${step} their perplexity on held-out questions is ` +
    `${decimal(now.perplexityPositive)}, ${percent(rise)} % above the ${decimal(before.perplexityPositive)} of the start ` +
    `(told from ${percent(perplexityRise, 0)} %); ${causeOf(loss)}`
  );
}

function causeOf(loss: Setting["loss"]): string {
  if (loss.kind === "vft")
    return "the learning rate may be too high, or the references too far from the samples";
  switch (loss.constraint) {
    case "none":
      return "there is no constraint, and pushing wrong COTs down drags right ones with them";
    case "detached":
    case "ranked-detached":
      return "wrong COTs are not pushed, so the learning rate or the weight may be too high";
    default:
      return "the boundary may be too close (a greater beta lowers it), or the weight too high";
  }
}
