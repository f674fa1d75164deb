import type { Tally } from "../metrics/tally.ts";
/**
 * Exact McNemar test of two methods on the same questions: of the questions that exactly one of them answers
 * rightly, each is a fair coin under the null hypothesis.
 * @param onlyFirst questions that only the first method answers rightly
 * @param onlySecond questions that only the second method answers rightly
 * @returns the two-sided binomial p value; 1 when the methods never differ
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // log C(n, i) - n log 2, built up term by term, holds where 2^-n alone would be 0.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= fewer; i++) {
    logTerm += Math.log(n - i + 1) - Math.log(i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** How many questions one of both answers rightly and the other does not; what the test goes by. */
export function discordant(mine: readonly Tally[], theirs: readonly Tally[]) {
  let onlyThis = 0;
  let onlyBaseline = 0;
  for (const [at, { numerator, denominator }] of mine.entries()) {
    const other = theirs[at]!;
    if (denominator === 0 || other.denominator === 0) continue;
    if (numerator > other.numerator) onlyThis++;
    if (numerator < other.numerator) onlyBaseline++;
  }
  return { onlyThis, onlyBaseline };
}
