import type { Group, JudgedCandidate } from "../../core/records.ts";
import { sides } from "./sides.ts";
import { isUnchecked } from "./unchecked.ts";

/** What tells better COTs from worse ones: right and wrong answers, or the candidates' own ranks. */
export type Feedback = "binary" | "ranked";

/** A COT and its place in its group: 1 is the best, equals share one, no place is left empty. */
export interface Placed {
  candidate: JudgedCandidate;
  rank: number;
}

/** Whether a better and a worse COT of the group are to be learnt from by rank. */
export const pairedByRank = (group: Group): boolean => placed(group, "ranked").some(({ rank }) => rank > 1);

/**
 * The distinct COTs of a group, best first: each text once, the first sample of it. Under binary feedback right ones
 * have rank 1 and wrong ones 2, also where a side is empty; under ranked feedback the candidates' ranks are
 * closed up to 1, 2, ..., and a COT without a rank, or that could not be checked, is left out.
 */
export function placed(group: Group, feedback: Feedback): Placed[] {
  if (feedback === "binary") {
    const { positives, negatives } = sides(group);
    return [
      ...positives.map((candidate) => ({ candidate, rank: 1 })),
      ...negatives.map((candidate) => ({ candidate, rank: 2 })),
    ];
  }
  const distinct = new Map<string, JudgedCandidate>();
  for (const candidate of group.candidates)
    if (candidate.rank !== undefined && !isUnchecked(candidate) && !distinct.has(candidate.text))
      distinct.set(candidate.text, candidate);
  const candidates = [...distinct.values()].sort((a, b) => a.rank! - b.rank!);
  const levels = [...new Set(candidates.map(({ rank }) => rank!))];
  return candidates.map((candidate) => ({ candidate, rank: levels.indexOf(candidate.rank!) + 1 }));
}
