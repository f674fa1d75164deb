import type { Group } from "../../core/records.ts";
import { pairTally, questionTally } from "../metrics/assessment.ts";
import { majorityTally } from "../metrics/majority.ts";
import { perplexityTally } from "../metrics/perplexity.ts";
import { mostSamples, passTally, sampledTally } from "../metrics/sampled.ts";
import { scoresOf } from "../metrics/scores.ts";
import { ratio, total } from "../metrics/tally.ts";

/** What `aft assess --json` prints. Shares in [0, 1]; null where nothing defines the number. */
export interface Assessment {
  /** How many groups there are. */
  questions: number;
  /** Their samples. */
  candidates: number;
  /** Share of right answers among all samples. */
  sampledAccuracy: number | null;
  /** `questions`: those that have a pair; the others are left out of micro and macro. */
  assessmentAccuracy: { micro: number | null; macro: number | null; pairs: number; questions: number };
  /** `k`: the most samples that any question has. */
  majority: { k: number; accuracy: number | null };
  /** pass@j by j, from 1 to k: the unbiased estimator. */
  passAtK: Record<string, number | null>;
  /** Mean over candidates of exp(-score). */
  perplexity: { positive: number | null; negative: number | null };
}

/** What only asks whether each of a question's samples is right: they need no scores. */
export function assessSamples(
  groups: readonly Group[],
): Pick<Assessment, "sampledAccuracy" | "majority" | "passAtK"> {
  const samples = groups.map((group) => group.candidates);
  const k = mostSamples(groups);
  return {
    sampledAccuracy: ratio(samples.map(sampledTally)),
    majority: { k, accuracy: ratio(samples.map(majorityTally)) },
    passAtK: Object.fromEntries(
      Array.from({ length: k }, (_, at) => [at + 1, ratio(samples.map((all) => passTally(all, at + 1)))]),
    ),
  };
}

/**
 * All metrics of judged and scored groups. Pairs and perplexity look at G_P and G_N, where each text stands
 * once; the sampled metrics look at all samples.
 * @throws inputError naming the group and the candidate that has no score.
 */
export function assess(groups: readonly Group[]): Assessment {
  const scores = scoresOf(groups);
  const pairs = scores.map(pairTally);
  const questions = scores.map(questionTally);
  const { sampledAccuracy, majority, passAtK } = assessSamples(groups);
  return {
    questions: groups.length,
    candidates: groups.reduce((sum, { candidates }) => sum + candidates.length, 0),
    sampledAccuracy,
    assessmentAccuracy: {
      micro: ratio(pairs),
      macro: ratio(questions),
      pairs: total(pairs),
      questions: total(questions),
    },
    majority,
    passAtK,
    perplexity: {
      positive: ratio(scores.map(({ positive }) => perplexityTally(positive))),
      negative: ratio(scores.map(({ negative }) => perplexityTally(negative))),
    },
  };
}
