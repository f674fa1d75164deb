/**
 * What a difference is called, by one rule: the interval that is shown decides. It is a 95 % interval for all differences of
 * its kind together, reaches to 0 where the test does not rule 0 out, and covers the spread over seeds: so what it leaves
 * out holds for other questions and other seeds, and a verdict can never contradict the numbers beside it.
 */
import type { Difference } from "../generated/report.ts";
import { type Interval, includes } from "../statistics/interval.ts";
import { holm } from "../statistics/p-values.ts";
import { simultaneousIntervals } from "../statistics/simultaneous.ts";

/** Bootstrap draws of differences, while they are worked out; they are no part of a report. */
const draws = new WeakMap<Difference, Float64Array>();

/** Remembers what a difference was drawn from. */
export function drawnFrom(difference: Difference, its: Float64Array): Difference {
  draws.set(difference, its);
  return difference;
}

/** A copy that is judged among others than the original. */
export const copyOf = (difference: Difference): Difference => {
  const known = draws.get(difference);
  const copy = { ...difference };
  return known === undefined ? copy : drawnFrom(copy, known);
};

/** Below it an adjusted p rules 0 out. */
const chance = 0.05;

/** Holm's adjustment over differences that were tested. */
export function adjustTogether(tested: readonly Pick<Difference, "p" | "pHolm">[]): void {
  const adjusted = holm(tested.map(({ p }) => p!));
  for (const [at, difference] of tested.entries()) difference.pHolm = adjusted[at]!;
}

/** Differences that were tested, each as one of many: p by Holm's adjustment, and the interval that the verdict goes by. */
export function judgeTogether(tested: readonly Difference[]): void {
  adjustTogether(tested);
  const varying = tested.filter(
    (difference) =>
      difference.value !== null && difference.interval !== null && varies(draws.get(difference)),
  );
  const wide = simultaneousIntervals(
    varying.map((difference) => ({ value: difference.value!, draws: draws.get(difference)! })),
  );
  for (const difference of tested) {
    const together = wide[varying.indexOf(difference)];
    difference.simultaneous = honest(difference, difference.interval, together && withinShares(together));
  }
}

/** Draws that are all the same say nothing of how far off they are. */
const varies = (its: Float64Array | undefined): boolean => its?.some((value) => value !== its[0]) === true;

/** A difference of two shares. */
const withinShares = ({ low, high }: Interval): Interval => ({
  low: Math.max(-1, low),
  high: Math.min(1, high),
});

/** With that for all together, with 0 where the test does not rule it out, and with the spread over seeds. */
function honest(
  { p, pHolm, overSeeds }: Judged,
  interval: Interval | null,
  together?: Interval,
): Interval | null {
  if (interval === null) return null;
  // Of a difference that is judged by itself p is not adjusted.
  const nought = (pHolm ?? p ?? 1) < chance ? [] : [0];
  const known = [interval, together, overSeeds].filter((one) => one != null);
  return {
    low: Math.min(...known.map(({ low }) => low), ...nought),
    high: Math.max(...known.map(({ high }) => high), ...nought),
  };
}

/** What a verdict goes by. */
type Judged = Pick<Difference, "interval" | "p" | "pHolm"> &
  Partial<Pick<Difference, "overSeeds" | "simultaneous" | "clear">>;

/** The interval that is shown with a difference and decides what it is called. */
export function shownInterval(difference: Judged): Interval | null {
  const { interval, p, simultaneous } = difference;
  if (p === null) return interval;
  // Reports made before had only that of the difference by itself.
  return simultaneous === undefined ? honest(difference, interval) : simultaneous;
}

/** More than chance explains, for other questions and, where that is known, for other seeds. */
export function holds(difference: Judged): boolean {
  if (difference.p === null) return difference.clear === true;
  const shown = shownInterval(difference);
  return shown !== null && !includes(shown, 0);
}

/** Where something happened, which way. */
export type Direction = "gain" | "loss" | "unclear";

/** @param isLessBetter of a perplexity */
export const directionOf = (difference: Difference, isLessBetter = false): Direction =>
  !holds(difference) ? "unclear" : difference.value! > 0 !== isLessBetter ? "gain" : "loss";
