import { decimal, percent, plural, points } from "../../analysis/index.ts";
import type { HeldOut, StepRecord } from "../step-record.ts";

/** The live numbers of a step, the most telling first: a narrow terminal cuts the end off. */
export function describeStep(step: StepRecord, hasGroupLoss: boolean): string {
  const { total, vft, alignment } = step.loss;
  const scores = [
    ["s+", step.meanPositive],
    ["s-", step.meanNegative],
    ["ref", step.meanReference],
    ["margin", step.margin],
  ] as const;
  const known = scores.flatMap(([name, value]) => (value === undefined ? [] : `${name} ${decimal(value)}`));
  const below = step.negativesBelowBoundary;
  return [
    `loss ${short(total)}${hasGroupLoss ? ` (VFT ${short(vft)}, group ${short(alignment)})` : ""}`,
    ...(known.length === 0 ? [] : [known.join(" ")]),
    ...(below === undefined ? [] : [`${percent(below, 0)} % below boundary`]),
    `gradient ${short(step.gradientNorm)}`,
  ].join(", ");
}

const short = (value: number): string => value.toPrecision(3);

/** What a validation pass measured, each number with its change since the start where that was another pass. */
export function describeHeldOut(now: HeldOut, before?: HeldOut): string {
  const share = (name: "accuracy" | "assessmentMicro"): string => {
    const [value, valueBefore] = [now[name], before?.[name]];
    const change = value == null || valueBefore == null ? "" : ` (${points(value - valueBefore)} points)`;
    return `${percent(value)} %${change}`;
  };
  const perplexity = (name: "perplexityPositive" | "perplexityNegative" | "perplexityReference"): string =>
    before === undefined ? decimal(now[name]) : `${decimal(now[name])} (was ${decimal(before[name])})`;
  return [
    ...(now.accuracy === undefined ? [] : [`accuracy ${share("accuracy")}`]),
    `AAccuracy ${share("assessmentMicro")}${now.pairs === undefined ? "" : ` of ${plural(now.pairs, "pair")}`}`,
    `perplexity of right COTs ${perplexity("perplexityPositive")}`,
    `of wrong COTs ${perplexity("perplexityNegative")}`,
    `of references ${perplexity("perplexityReference")}`,
  ].join(", ");
}
