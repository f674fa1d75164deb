/** Numbers as cells of a table: a value, and in small print below it what it rests on. */
import { type Cell, type Inline, small, strong, styled } from "../document/blocks.ts";
import { percent, points, pValue, range, whole } from "../format.ts";
import type { Comparison, Difference, Measured, Metric, Share } from "../generated/report.ts";
import { significant } from "../measure/paired-tests.ts";

export type Format = (value: number | null) => string;

/** Percent, for a share. */
export const asPercent: Format = (value) => percent(value);

export const missing: Cell = { content: "–", mark: "quiet" };
export const baselineCell: Cell = { content: "baseline", mark: "quiet" };

type Valued = Pick<Metric, "value" | "interval">;

/** A value and its interval. */
export const plainCell = ({ value, interval }: Valued, format = asPercent): Inline => [
  format(value),
  small(range(interval, format)),
];

export const boldCell = ({ value, interval }: Valued, format = asPercent): Inline => [
  strong(format(value)),
  small(range(interval, format)),
];

/** With its spread where there are several seeds. */
export const metricCell = (metric: Metric, format = asPercent): Inline => [
  boldCell(metric, format),
  metric.overSeeds && small(`std ${format(metric.overSeeds.std)}`),
];

export const shareCell = (share: Share): Inline => [boldCell(share), small(`n ${whole(share.n)}`)];

/** A difference in points, with intervals and tests below it. */
export const differenceCell = (difference: Difference | null | undefined): Cell =>
  difference == null
    ? missing
    : {
        content: [strong(points(difference.value)), spread(difference), testLines(difference)],
        mark: difference.clear ? "clear" : undefined,
      };

/** A metric, and below it its difference to continued VFT. */
export const metricWithDifference = (metric: Metric, difference: Difference | null | undefined): Inline => [
  metricCell(metric),
  difference && [
    styled("difference", `${points(difference.value)}${star(difference)}`),
    spread(difference),
    difference.pHolm !== null && small(pValue(difference.pHolm, "Holm")),
  ],
];

/** The intervals of a difference: over questions, and over the seeds. */
export const spread = ({ interval, overSeeds }: Difference): Inline => [
  small(range(interval, points)),
  overSeeds && small(`seeds ${range(overSeeds, points)}`),
];

/** p by itself, and adjusted for many. */
export const testLines = (difference: Difference): Inline => [
  difference.p !== null && small(pValue(difference.p)),
  holmLine(difference),
];

export const holmLine = (difference: Difference): Inline =>
  difference.pHolm !== null && small(`${pValue(difference.pHolm, "Holm")}${star(difference)}`);

const star = (difference: Difference): string => (significant(difference) ? " *" : "");

/** On a terminal: a value and its interval. */
export const terminalCell = ({ value, interval }: Valued, mark = ""): Inline => [
  `${percent(value)}${mark}`,
  small(range(interval, asPercent)),
];

/** As wide as the mark, so that the numbers stay under each other. */
export const terminalMark = (difference: Difference | undefined): string =>
  difference !== undefined && significant(difference) ? "*" : " ";

export const against = (
  measured: Pick<Measured, "comparisons"> | undefined,
  role: Comparison["role"],
): Comparison | undefined => measured?.comparisons.find((comparison) => comparison.role === role);
