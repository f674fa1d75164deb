import { decimal, percent, plural, points } from "../../analysis/index.ts";
import type { HeldOut, StepRecord } from "../train/step-record.ts";

/** The live numbers of a step, the most telling first: a narrow terminal cuts the end off. */
export function describeStep({ loss, ...one }: StepRecord, groupLoss: boolean): string {
  const parts = [
    groupLoss
      ? `loss ${short(loss.total)} (VFT ${short(loss.vft)}, group ${short(loss.alignment)})`
      : `loss ${short(loss.total)}`,
  ];
  const scores = [
    ["s+", one.meanPositive],
    ["s-", one.meanNegative],
    ["ref", one.meanReference],
    ["margin", one.margin],
  ] as const;
  const known = scores.flatMap(([name, value]) => (value === undefined ? [] : `${name} ${decimal(value)}`));
  if (known.length > 0) parts.push(known.join(" "));
  if (one.negativesBelowBoundary !== undefined)
    parts.push(`${percent(one.negativesBelowBoundary, 0)} % below boundary`);
  parts.push(`gradient ${short(one.gradientNorm)}`);
  return parts.join(", ");
}

const short = (value: number): string => value.toPrecision(3);

/** What a look found, each number with its change since the start where that was another look. */
export function describeLook(now: HeldOut, before?: HeldOut): string {
  const share = (name: "accuracy" | "assessmentMicro"): string => {
    const [value, was] = [now[name], before?.[name]];
    const change = value == null || was == null ? "" : ` (${points(value - was)} points)`;
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
