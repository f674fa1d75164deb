import { percent, plural, range } from "./format.ts";
import type { MethodSummary, Metric, RunSummary } from "./schema.ts";
import type { Share } from "./schemaParts.ts";

/** A number with its interval, as sentences say it. */
export const told = ({ value, interval }: Pick<Metric | Share, "value" | "interval">): string =>
  `${percent(value)} %${interval === null ? "" : ` ${range(interval, (one) => percent(one))}`}`;

/**
 * Assessment misalignment of the weights that all methods start from, in words: how often a wrong solution is scored
 * above a right one, and what a score that assesses perfectly would be worth. Nothing where there are too few pairs.
 */
export function misalignment({ reliability, selfConsistency }: RunSummary, start: MethodSummary): string[] {
  const { value, interval, perSeed } = start.metrics.assessmentMicro;
  if (value === null || interval === null) return [];
  const wrong = { value: 1 - value, interval: { low: 1 - interval.high, high: 1 - interval.low } };
  const first = reliability?.find(({ name }) => name === start.name)?.byRank[0];
  const curves = selfConsistency?.methods.find(({ name }) => name === start.name)?.curves;
  const [best, pass] = [curves?.best.at(-1), curves?.pass.at(-1)];
  return [
    `Assessment misalignment of ${start.label}: of two of its own solutions to one question, one right and one wrong, it scores the wrong one higher in ${told(wrong)} of ${plural(perSeed[0]?.n ?? 0, "pair")}${perSeed.length > 1 ? " (first seed; the share is over all)" : ""}; guessing would in 50 %, a perfect assessor in none.`,
    first?.value == null
      ? ""
      : `Where it found both right and wrong solutions, its best-scored one is wrong in ${told({ value: 1 - first.value, interval: first.interval && { low: 1 - first.interval.high, high: 1 - first.interval.low } })} of the questions.`,
    best?.value == null || pass?.value == null
      ? ""
      : `Taking the best-scored of ${best.size} samples answers ${told(best)} of the questions rightly; if its scores always put a right solution first it would be ${told(pass)}.`,
  ].filter((sentence) => sentence !== "");
}
