import type { Interval } from "./interval.ts";

/** The 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a share (Wilson 1927): unlike p +- 1.96 sqrt(p(1-p)/n) it stays in [0, 1] and holds
 * its level near 0 and 1 and for small n. Null without trials.
 */
export function wilsonInterval(successes: number, trials: number): Interval | null {
  if (trials <= 0) return null;
  const share = successes / trials;
  const centre = share + z ** 2 / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return {
    low: successes <= 0 ? 0 : (centre - spread) / scale,
    high: successes >= trials ? 1 : (centre + spread) / scale,
  };
}
