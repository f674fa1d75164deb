import {
  bootstrapRatios,
  type Interval,
  percentileInterval,
  sameValueInterval,
  scoresOf,
  signFlipTest,
  wilsonInterval,
} from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import type { Group } from "../core/records.ts";

/** A mean with its uncertainty. */
export interface Estimate {
  /** Of the values that were given. */
  mean: number;
  /** 95 %, for the questions being a sample of those that could have been asked. */
  interval: Interval;
}

/**
 * The mean of one value a question, and its 95 % bootstrap interval over questions. The same values give the same interval.
 * Values of 0 and 1 are taken for wrong and right answers: where all are wrong, or all right, the interval is Wilson's.
 * @throws AftError for no values
 */
export function bootstrapMean(values: readonly number[], seed: string | number = 1): Estimate {
  if (values.length === 0)
    throw inputError({ what: "a mean of no values", expected: "one value a question" });
  return estimated(values, values.every(isAnswer) ? { low: 0, high: 1 } : undefined, seed);
}

/** @param bounds of a value; where all values are the same, they alone say how far the mean may be from it */
function estimated(values: readonly number[], bounds: Interval | undefined, seed: string | number): Estimate {
  const [first] = values;
  if (bounds !== undefined && values.every((value) => value === first))
    return { mean: first!, interval: sameValueInterval(first!, values.length, bounds)! };
  const [draws] = bootstrapRatios([values.map((numerator) => ({ numerator, denominator: 1 }))], seed);
  return { mean: meanOf(values), interval: percentileInterval(draws!)! };
}

const isAnswer = (value: number): boolean => value === 0 || value === 1;

/** Two methods on the same questions. */
export interface PairedDifference extends Estimate {
  /** Two-sided p of the paired sign-flip permutation test. */
  p: number;
}

/**
 * Mean of `mine[i] - theirs[i]`, one pair a question, with its 95 % bootstrap interval and the p value of the paired
 * sign-flip test. Right and wrong answers go in as 1 and 0.
 * @throws AftError when the two are not of the same questions
 */
export function pairedDifference(
  mine: readonly number[],
  theirs: readonly number[],
  seed: string | number = 1,
): PairedDifference {
  if (mine.length !== theirs.length)
    throw inputError({
      what: "the two are not of the same questions",
      found: `${mine.length} and ${theirs.length} values`,
      expected: "one value a question from each, in the same order",
    });
  const differences = mine.map((value, at) => value - theirs[at]!);
  if (mine.length === 0)
    throw inputError({ what: "a difference of no values", expected: "one value a question from each" });
  const bounds = [...mine, ...theirs].every(isAnswer) ? { low: -1, high: 1 } : undefined;
  return {
    ...estimated(differences, bounds, seed),
    p: signFlipTest(differences.length, seed)(differences),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The solutions whose scores lie between two bounds. */
export interface ReliabilityBin {
  /** Lowest score in it (mean log-probability a token, nats). */
  low: number;
  /** Highest score in it. */
  high: number;
  /** Mean score of those in it. */
  meanScore: number;
  /** How many are in it. */
  solutions: number;
  /** How many of them are right. */
  right: number;
  /** Share of right ones. */
  share: number;
  /** Wilson, 95 %, as if the solutions were independent of each other. */
  interval: Interval;
}

/**
 * How often solutions of about the same score are right: the distinct solutions of all groups, sorted by score and cut
 * into `bins` of equal number. A model whose scores say how good a solution is rises from left to right.
 * @throws AftError naming a candidate without a score
 */
export function reliability(groups: readonly Group[], bins = 10): ReliabilityBin[] {
  const solutions = scoresOf(groups)
    .flatMap(({ positive, negative }) => [
      ...positive.map((score) => ({ score, right: true })),
      ...negative.map((score) => ({ score, right: false })),
    ])
    .sort((a, b) => a.score - b.score);
  const count = Math.min(bins, solutions.length);
  const cut = (bin: number): number => Math.round((bin * solutions.length) / count);
  return Array.from({ length: count }, (_, bin) => {
    const inBin = solutions.slice(cut(bin), cut(bin + 1));
    const right = inBin.filter((solution) => solution.right).length;
    return {
      low: inBin[0]!.score,
      high: inBin.at(-1)!.score,
      meanScore: meanOf(inBin.map(({ score }) => score)),
      solutions: inBin.length,
      right,
      share: right / inBin.length,
      interval: wilsonInterval(right, inBin.length)!,
    };
  });
}
