/** Numbers as cells of a table: a value, and in small print below it what it rests on. */
import { type Cell, type Inline, small, strong, styled } from "../document/blocks.ts";
import { percent, points, pValue, range, whole } from "../format.ts";
import type { Comparison, Difference, Measured, Metric, Share } from "../generated/report.ts";
import { directionOf, holds, shownInterval } from "../measure/verdicts.ts";

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

/** A difference in points, with its interval and tests below it. */
export const differenceCell = (difference: Difference | null | undefined): Cell =>
  difference == null
    ? missing
    : {
        content: [strong(points(difference.value)), spread(difference), testLines(difference)],
        mark: directionOf(difference),
      };

/** A metric, and below it its difference to continued VFT. */
export const metricWithDifference = (metric: Metric, difference: Difference | null | undefined): Cell => ({
  content: [
    metricCell(metric),
    difference && [
      styled("difference", `${points(difference.value)}${star(difference)}`),
      spread(difference),
    ],
  ],
  mark: difference == null ? undefined : directionOf(difference),
});

/** The interval that decides; of what is not tested also that over the seeds. */
export const spread = (difference: Difference): Inline => [
  small(range(shownInterval(difference), points)),
  difference.p === null && difference.overSeeds && small(`seeds ${range(difference.overSeeds, points)}`),
];

/** What the interval was made of, for who wants to know: by itself, over the seeds, and the test. */
export const testLines = ({ interval, overSeeds, p, pHolm }: Difference): Inline =>
  p !== null && [
    small(`alone ${range(interval, points)}`),
    overSeeds && small(`seeds ${range(overSeeds, points)}`),
    small(pValue(p)),
    pHolm !== null && small(pValue(pHolm, "Holm")),
  ];

const star = (difference: Difference): string => (holds(difference) ? " *" : "");

/** On a terminal: a value and its interval. */
export const terminalCell = ({ value, interval }: Valued, mark = ""): Inline => [
  `${percent(value)}${mark}`,
  small(range(interval, asPercent)),
];

/** As wide as the mark, so that the numbers stay under each other. */
export const terminalMark = (difference: Difference | undefined): string =>
  difference !== undefined && holds(difference) ? "*" : " ";

export const against = (
  measured: Pick<Measured, "comparisons"> | undefined,
  role: Comparison["role"],
): Comparison | undefined => measured?.comparisons.find((comparison) => comparison.role === role);
