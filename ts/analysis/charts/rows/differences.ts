import { points, range } from "../../format.ts";
import type { Interval } from "../../statistics/interval.ts";
import type { LegendItem } from "../legend.ts";
import { withEnds } from "../marks.ts";
import type { ChartText } from "../options.ts";
import type { ColourName } from "../palette.ts";
import { axisOver, pointSvg, type Row, rowsChart } from "./frame.ts";

/** One row: a difference to the baseline in points; none of the baseline itself. */
export interface DifferenceRow {
  key: string;
  label: string;
  value: number | null;
  interval: Interval | null;
  direction: "gain" | "loss" | "unclear";
  isBaseline?: boolean;
  /** What it rests on. */
  n?: number | undefined;
}

const colours = { gain: "positive", loss: "negative", unclear: "target" } satisfies Record<
  string,
  ColourName
>;

/** A forest plot: gains, losses, and hollow what may be either. */
export function differenceRows(
  rows: readonly DifferenceRow[],
  { id, title, baseline }: Pick<ChartText, "id" | "title"> & { baseline: string },
): string {
  const ends = rows
    .filter(({ isBaseline }) => isBaseline !== true)
    .flatMap(({ value, interval }) => (value === null ? [] : [withEnds(value, interval)]))
    .flatMap(({ value, low, high }) => [value, low, high]);
  const directions = new Set(
    rows.filter(({ isBaseline }) => isBaseline !== true).map(({ direction }) => direction),
  );
  const legend = (
    [
      { label: "better", colour: "positive", mark: "dot", of: "gain" },
      { label: "worse", colour: "negative", mark: "dot", of: "loss" },
      { label: "unclear", colour: "target", mark: "ring", of: "unclear" },
    ] as const
  ).filter(({ of }) => directions.has(of));
  return rowsChart({
    text: { id, title, description: rows.map((row) => `${row.label}: ${tipOf(row)}.`).join(" ") },
    axis: { ...axisOver([0, ...ends]), label: `minus ${baseline}, points` },
    levels: [{ at: 0 }],
    legend: legend.map(({ of: _, ...item }): LegendItem => item),
    rows: rows.map(
      (row): Row => ({
        key: row.key,
        label: row.label,
        number: row.isBaseline === true ? "" : points(row.value),
        tip: tipOf(row),
        draw: (place) =>
          row.isBaseline === true || row.value === null
            ? `<text x="${(place.x(0) + 6).toFixed(1)}" y="${place.middle.toFixed(1)}" dy="0.35em" font-size="11" fill="currentColor" fill-opacity="0.65">${row.isBaseline === true ? "baseline" : "–"}</text>`
            : pointSvg(place, place.middle, withEnds(row.value, row.interval), {
                colour: colours[row.direction],
                sign: "dot",
                isHollow: row.direction === "unclear",
              }),
      }),
    ),
  });
}

const words = { gain: "better", loss: "worse", unclear: "unclear" };

const tipOf = ({ value, interval, direction, isBaseline, n }: DifferenceRow): string =>
  isBaseline === true
    ? "the baseline"
    : [
        `${points(value)} points ${range(interval, points)}`.trimEnd(),
        words[direction],
        n !== undefined && `n ${n}`,
      ]
        .filter(Boolean)
        .join(", ");
