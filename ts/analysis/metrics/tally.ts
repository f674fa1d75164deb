/**
 * One question's share in a metric. Every metric here is a ratio of sums over questions: its value is
 * sum(numerator) / sum(denominator). So the same tallies give the value, its bootstrap over questions, and
 * paired differences.
 */
export interface Tally {
  numerator: number;
  denominator: number;
}

/** What a question that has no share in a metric gives: it is left out. */
export const noShare: Tally = { numerator: 0, denominator: 0 };

/** The metric over all questions; null when no question has a share in it. */
export function ratio(tallies: Iterable<Tally>): number | null {
  let numerator = 0;
  let denominator = 0;
  for (const tally of tallies) {
    numerator += tally.numerator;
    denominator += tally.denominator;
  }
  return denominator > 0 ? numerator / denominator : null;
}

/** How much stands below the line: pairs, candidates or questions, whatever the metric counts. */
export const total = (tallies: Iterable<Tally>): number => {
  let denominator = 0;
  for (const tally of tallies) denominator += tally.denominator;
  return denominator;
};
