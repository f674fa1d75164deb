import { percent, range } from "../../format.ts";
import type { Metric } from "../../generated/report.ts";
import { lineItem } from "../legend.ts";
import { withEnds } from "../marks.ts";
import type { ChartText } from "../options.ts";
import { axisOver, pointSvg, type Row, rowsChart } from "./frame.ts";

/** One row: greedy answers, and single samples where there are any. */
export interface AccuracyRow {
  key: string;
  label: string;
  greedy: Valued;
  sampled?: Valued | undefined;
}

type Valued = Pick<Metric, "value" | "interval"> & {
  /** Questions, or samples. */
  n?: number | undefined;
};

/** The share of questions answered rightly, in percent, with 95 % intervals. */
export function accuracyRows(
  rows: readonly AccuracyRow[],
  {
    id,
    title,
    baseline,
  }: Pick<ChartText, "id" | "title"> & { baseline?: { label: string; value: number } | undefined },
): string {
  const hasSamples = rows.some(({ sampled }) => sampled?.value != null);
  const ends = rows
    .flatMap(({ greedy, sampled }) => [greedy, sampled])
    .flatMap((of) => (of?.value == null ? [] : [withEnds(of.value, of.interval)]))
    .flatMap(({ value, low, high }) => [value, low, high]);
  return rowsChart({
    text: { id, title, description: rows.map((row) => `${row.label}: ${tipOf(row)}.`).join(" ") },
    axis: { ...axisOver(ends, { low: 0 }), label: "questions answered rightly, %" },
    levels: baseline === undefined ? [] : [{ at: 100 * baseline.value, isDashed: true }],
    legend: [
      { label: "greedy", colour: "greedy", mark: "dot" },
      ...(hasSamples ? [{ label: "single samples", colour: "sampled", mark: "diamond" } as const] : []),
      ...(baseline === undefined ? [] : [lineItem(baseline.label, "target", "4,4")]),
    ],
    rows: rows.map(
      (row): Row => ({
        key: row.key,
        label: row.label,
        number: percent(row.greedy.value),
        tip: tipOf(row),
        draw: (place) => {
          const apart = row.sampled?.value == null ? 0 : Math.min(7, place.height / 4);
          const draw = (of: Valued | undefined, y: number, colour: "greedy" | "sampled"): string =>
            of?.value == null
              ? ""
              : pointSvg(place, y, withEnds(of.value, of.interval), {
                  colour,
                  sign: colour === "greedy" ? "dot" : "diamond",
                });
          return (
            draw(row.sampled, place.middle + apart, "sampled") +
            draw(row.greedy, place.middle - apart, "greedy")
          );
        },
      }),
    ),
  });
}

const tipOf = ({ greedy, sampled }: AccuracyRow): string =>
  [
    `greedy ${shareOf(greedy)}`,
    sampled?.value != null && `samples ${shareOf(sampled)}`,
    greedy.n !== undefined && `n ${greedy.n}`,
  ]
    .filter(Boolean)
    .join(", ");

const shareOf = ({ value, interval }: Valued): string =>
  `${percent(value)} % ${range(interval, (end) => percent(end))}`.trimEnd();
