import type { JudgedCandidate } from "../../core/records.ts";
import { noShare, type Tally } from "./tally.ts";

const countCorrect = (candidates: readonly JudgedCandidate[]): number =>
  candidates.reduce((count, candidate) => count + (candidate.correct ? 1 : 0), 0);

/** Share of right answers among all samples, repeated ones included. */
export const sampledTally = (candidates: readonly JudgedCandidate[]): Tally => ({
  numerator: countCorrect(candidates),
  denominator: candidates.length,
});

/**
 * pass@k, unbiased: 1 - C(n - c, k) / C(n, k) for c right of n samples (Chen et al. 2021, arXiv 2107.03374,
 * eq. 1), as a product of factors in [0, 1], which can neither overflow nor cancel. Fewer than k samples: no share.
 */
export function passTally(candidates: readonly JudgedCandidate[], k: number): Tally {
  const n = candidates.length;
  if (k === 0 || n < k) return noShare;
  let noneRight = 1;
  for (let i = n - countCorrect(candidates) + 1; i <= n; i++) noneRight *= Math.max(0, 1 - k / i);
  return { numerator: 1 - noneRight, denominator: 1 };
}

export const mostSamples = (groups: readonly { candidates: readonly unknown[] }[]): number =>
  groups.reduce((most, group) => Math.max(most, group.candidates.length), 0);
