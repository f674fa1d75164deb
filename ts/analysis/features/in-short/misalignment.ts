/** Assessment misalignment of the weights that all methods start from: how often a wrong solution is scored above a right one. */

import { percent, plural } from "../../format.ts";
import type { MethodSummary, RunSummary, Share } from "../../generated/report.ts";
import { defineFinding, ofEach } from "../findings/catalogue.ts";
import { shareText, startOf } from "../methods.ts";

type Valued = Pick<Share, "value" | "interval">;

/** The starting weights, where they have pairs enough for an interval. */
interface AssessedStart {
  summary: RunSummary;
  start: MethodSummary;
  seeds: number;
}

function assessedStart(summary: RunSummary): AssessedStart[] {
  const start = startOf(summary);
  const { value, interval, perSeed } = start?.metrics.assessmentMicro ?? { value: null, interval: null };
  return start === undefined || value === null || interval === null
    ? []
    : [{ summary, start, seeds: perSeed?.length ?? 0 }];
}

const pairsInWrongOrder = defineFinding({
  id: "pairs-in-wrong-order",
  numbers: ({ start: { label, metrics }, seeds }: AssessedStart) => ({
    label,
    wrong: inverse(metrics.assessmentMicro),
    pairs: metrics.assessmentMicro.perSeed.reduce((sum, { n }) => sum + n, 0),
    seeds,
  }),
  template: ({ label, wrong, pairs, seeds }) =>
    `Assessment misalignment of ${label}: of two of its own solutions to one question, one right and one wrong, it scores the wrong one higher in ${shareText(wrong)} of ${plural(pairs, "pair")}${seeds > 1 ? ` (${seeds} seeds together)` : ""}; guessing would be wrong in 50 %, a perfect judge in none.`,
});

const bestScoredOfQuestion = defineFinding({
  id: "best-scored-of-question",
  numbers: ({ summary: { reliability }, start, seeds }: AssessedStart) => {
    const { byRank, any } = reliability?.find(({ name }) => name === start.name) ?? {};
    const first = byRank?.[0];
    return first?.value == null ? undefined : { first, any: any?.value, seeds };
  },
  template: ({ first, any, seeds }) =>
    `For ${seeds > 1 ? "questions" : `the ${plural(first.n, "question")}`} to which it found both right and wrong solutions, its best-scored one is wrong in ${shareText(inverse(first))}${any == null ? "" : `; one picked blindly would be wrong in ${percent(1 - any)} %`}.`,
});

/** What a score that assesses perfectly would be worth. */
const worthOfAssessing = defineFinding({
  id: "worth-of-assessing",
  numbers: ({ summary: { selfConsistency }, start }: AssessedStart) => {
    const curves = selfConsistency?.methods.find(({ name }) => name === start.name)?.curves;
    const [best, pass] = [curves?.best.at(-1), curves?.pass.at(-1)];
    return best?.value == null || pass?.value == null
      ? undefined
      : { best, pass, greedy: start.metrics.accuracy.value };
  },
  template: ({ best, pass, greedy }) =>
    `Of all questions, the best-scored of ${best.size} samples answers ${shareText(best)} rightly; if a right one always had the best score it would be ${shareText(pass)}${greedy === null ? "" : `. One greedy answer, which needs no scores, is right for ${percent(greedy)} %`}.`,
});

export const misalignment = ofEach(assessedStart, pairsInWrongOrder, bestScoredOfQuestion, worthOfAssessing);

const inverse = ({ value, interval }: Valued): Valued => ({
  value: value === null ? null : 1 - value,
  interval: interval && { low: 1 - interval.high, high: 1 - interval.low },
});
