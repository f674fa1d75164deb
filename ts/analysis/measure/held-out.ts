import type { Group } from "../../core/records.ts";
import type { Share } from "../generated/report.ts";
import { pairTally } from "../metrics/assessment.ts";
import { perplexityTally } from "../metrics/perplexity.ts";
import { scoresOf } from "../metrics/scores.ts";
import { ratio, type Tally, total } from "../metrics/tally.ts";
import { bootstrapRatios } from "../statistics/bootstrap.ts";
import { bootstrapInterval } from "./series.ts";

/**
 * What scored groups say of their model, each number with the 95 % interval of a bootstrap over the questions: assessment
 * accuracy over all pairs (`n`), and the perplexity of right COTs (`n` of them). The same groups and seed give the same.
 * @throws inputError naming the group and the candidate that has no score.
 */
export function heldOutShares(
  groups: readonly Group[],
  seed: string | number,
): { assessmentMicro: Share; perplexityPositive: Share } {
  const scores = scoresOf(groups);
  const series = [scores.map(pairTally), scores.map(({ positive }) => perplexityTally(positive))];
  const draws = bootstrapRatios(series, seed);
  const [assessmentMicro, perplexityPositive] = series.map(
    (tallies: readonly Tally[], at): Share => ({
      value: ratio(tallies),
      interval: bootstrapInterval(draws[at]!, [tallies]),
      n: total(tallies),
    }),
  );
  return { assessmentMicro: assessmentMicro!, perplexityPositive: perplexityPositive! };
}
