import type { Tally } from "./tally.ts";

/** Mean over candidates of exp(-s), s a candidate's mean log-probability a token (nats). */
export const perplexityTally = (scores: readonly number[]): Tally => ({
  numerator: scores.reduce((sum, score) => sum + Math.exp(-score), 0),
  denominator: scores.length,
});
