import type { Tally } from "../metrics/tally.ts";

/**
 * Exact McNemar test (McNemar 1947) of two methods on the same questions: of the questions that exactly one of them answers
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

/** How many questions a method alone answers rightly, and how many its baseline alone: what the test goes by. */
export function discordant(tallies: readonly Tally[], baseline: readonly Tally[]) {
  let onlyThis = 0;
  let onlyBaseline = 0;
  for (const [question, { numerator, denominator }] of tallies.entries()) {
    const compared = baseline[question]!;
    if (denominator === 0 || compared.denominator === 0) continue;
    if (numerator > compared.numerator) onlyThis++;
    if (numerator < compared.numerator) onlyBaseline++;
  }
  return { onlyThis, onlyBaseline };
}

/**
 * Holm's step-down adjustment (Holm 1979): of m tests the i-th smallest p is multiplied by m - i + 1, and never falls
 * below a smaller one's. Rejecting where the result is under 5 % finds anything by chance in at most 5 % of families of
 * tests, however the tests hang together.
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let floor = 0;
  ps.map((p, at) => ({ p, at }))
    .sort((a, b) => a.p - b.p)
    .forEach(({ p, at }, rank) => {
      floor = Math.min(1, Math.max(floor, p * (ps.length - rank)));
      adjusted[at] = floor;
    });
  return adjusted;
}
