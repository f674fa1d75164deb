import type { OverSeeds } from "../generated/report.ts";

export type { OverSeeds } from "../generated/report.ts";

/** Null for fewer than two values: one run says nothing about the spread between runs. */
export function overSeeds(values: readonly number[]): OverSeeds | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const half = (tQuantile(0.975, n - 1) * std) / Math.sqrt(n);
  return { mean, std, low: mean - half, high: mean + half };
}

/**
 * Student's t: P(-t < T < t) for a whole number of degrees of freedom, by the finite series of
 * Abramowitz and Stegun, 26.7.3 (odd) and 26.7.4 (even).
 */
function tCentralProbability(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cos2 = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let series = degrees === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i < degrees; i += 2) {
    term *= ((i - 1) / i) * cos2;
    series += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
}

/** The t below which Student's distribution has the given probability, for probabilities over one half. */
export function tQuantile(probability: number, degrees: number): number {
  const central = 2 * probability - 1;
  let high = 1;
  while (tCentralProbability(high, degrees) < central) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (tCentralProbability(middle, degrees) < central) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
