import type { Share } from "../measure/schema.ts";
import { percent, plural, range } from "./format.ts";
import type { MethodSummary, Metric, RunSummary } from "./schema.ts";

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
  const { byRank, any } = reliability?.find(({ name }) => name === start.name) ?? {};
  const first = byRank?.[0];
  const pairs = perSeed.reduce((sum, { n }) => sum + n, 0);
  const greedy = start.metrics.accuracy.value;
  const curves = selfConsistency?.methods.find(({ name }) => name === start.name)?.curves;
  const [best, pass] = [curves?.best.at(-1), curves?.pass.at(-1)];
  return [
    `Assessment misalignment of ${start.label}: of two of its own solutions to one question, one right and one wrong, it scores the wrong one higher in ${told(inverse({ value, interval }))} of ${plural(pairs, "pair")}${perSeed.length > 1 ? ` (${perSeed.length} seeds together)` : ""}; guessing would be wrong in 50 %, a perfect judge in none.`,
    first?.value == null
      ? ""
      : `For ${perSeed.length > 1 ? "questions" : `the ${plural(first.n, "question")}`} to which it found both right and wrong solutions, its best-scored one is wrong in ${told(inverse(first))}${any?.value == null ? "" : `; one picked blindly would be wrong in ${percent(1 - any.value)} %`}.`,
    best?.value == null || pass?.value == null
      ? ""
      : `Of all questions, the best-scored of ${best.size} samples answers ${told(best)} rightly; if a right one always had the best score it would be ${told(pass)}${greedy === null ? "" : `. One greedy answer, which needs no scores, is right for ${percent(greedy)} %`}.`,
  ].filter((sentence) => sentence !== "");
}

const inverse = ({
  value,
  interval,
}: Pick<Share, "value" | "interval">): Pick<Share, "value" | "interval"> => ({
  value: value === null ? null : 1 - value,
  interval: interval && { low: 1 - interval.high, high: 1 - interval.low },
});
