import type { GroupScores } from "./scores.ts";
import { noShare, type Tally } from "./tally.ts";

/**
 * Pairs (positive, negative) with s(positive) > s(negative), ties counted 1/2, among all pairs of one
 * question. Sorting once and searching makes it O((P + N) log N) rather than O(P N).
 */
export function pairTally({ positive, negative }: GroupScores): Tally {
  const sorted = Float64Array.from(negative).sort();
  let won = 0;
  for (const score of positive) {
    const below = countBelow(sorted, score, false);
    const notAbove = countBelow(sorted, score, true);
    won += below + (notAbove - below) / 2;
  }
  return { numerator: won, denominator: positive.length * negative.length };
}

/** The same, each question weighing the same: AAccuracy macro. A question without a pair has no share. */
export function questionTally(scores: GroupScores): Tally {
  const pairs = pairTally(scores);
  return pairs.denominator === 0
    ? noShare
    : { numerator: pairs.numerator / pairs.denominator, denominator: 1 };
}

/** How many values lie below the limit (or equal it, where `orEqual`), the values sorted upwards. */
function countBelow(sorted: Float64Array, limit: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value < limit || (orEqual && value === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}
