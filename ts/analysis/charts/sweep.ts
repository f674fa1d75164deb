import * as Plot from "@observablehq/plot";
import { type FamilyPlace, shadeOf } from "../report/family.ts";
import { stacked } from "./compose.ts";
import { classOf, familyColour, lightOf } from "./palette.ts";
import { legendChart, renderChart } from "./svg.ts";
import type { ChartText } from "./text.ts";

/** One method along the values of an axis. */
export interface SweepSeries {
  label: string;
  place: FamilyPlace;
  /** `at`: place of the value on the axis; null where there is no number. */
  points: readonly {
    at: number;
    value: number | null;
    low?: number | undefined;
    high?: number | undefined;
  }[];
}

/** A panel: one measure in one row of cells. */
export interface SweepPanel {
  measure: string;
  series: readonly SweepSeries[];
}

export interface SweepRow {
  /** What its cells have in common; empty where there is one row. */
  text: string;
  panels: readonly SweepPanel[];
}

const dashes = ["", "7,3", "2,3", "10,3,2,3", "4,2"];
const looksOf = ({ place }: SweepSeries) => ({
  colour: familyColour(place.family, shadeOf(place.at)),
  dash: dashes[place.at % dashes.length]!,
});

/**
 * What the values of an axis make of each method: a column a measure, a row for each setting of the other axes. A
 * measure has one scale in all rows. Values stand at equal distances; those that are numbers are joined by lines.
 */
export function sweepChart(
  text: ChartText,
  rows: readonly SweepRow[],
  options: {
    axis: string;
    values: readonly string[];
    joined: boolean;
    /** The label of the method that is drawn boldly. */
    followed?: string | undefined;
    width?: number;
  },
): string {
  const { width = 1280 } = options;
  const columns = rows[0]?.panels.length ?? 1;
  const panelWidth = Math.floor((width - gap * (columns - 1)) / columns);
  const names = [
    ...new Map(
      rows.flatMap(({ panels }) => panels.flatMap(({ series }) => series)).map((one) => [one.label, one]),
    ).values(),
  ];
  const legend = legendChart(
    names.map((one) => {
      const { colour, dash } = looksOf(one);
      return { label: one.label, className: classOf(colour, "line"), ...(dash === "" ? {} : { dash }) };
    }),
    columns * panelWidth + gap * (columns - 1),
  );
  return stacked(
    text,
    [
      [legend],
      ...rows.map((row, at) =>
        row.panels.map((panel, column) =>
          drawPanel(panel, {
            ...options,
            id: `${text.id}-${at + 1}-${column + 1}`,
            width: panelWidth,
            title: row.text === "" || column > 0 ? "" : row.text,
            titled: row.text !== "",
            domain: domainOf(rows.flatMap(({ panels }) => panels[column]!.series)),
            names: names.map(({ label }) => label),
          }),
        ),
      ),
    ],
    gap,
  );
}

const gap = 16;

function drawPanel(
  { measure, series }: SweepPanel,
  options: {
    id: string;
    width: number;
    title: string;
    titled: boolean;
    axis: string;
    values: readonly string[];
    joined: boolean;
    domain: [number, number];
    followed?: string | undefined;
    names: readonly string[];
  },
): string {
  const { id, width, title, titled, axis, values, joined, domain, followed, names } = options;
  const marginTop = titled ? 30 : 12;
  // Half of the room between two values is left free.
  const apart = Math.min(6, (0.5 * (width - 76)) / values.length / names.length);
  const marginBottom = 42;
  return renderChart(
    { id, title: `${measure}${title && `, ${title}`}`, description: `${measure} by ${axis}.` },
    {
      width,
      height: marginTop + marginBottom + (titled ? 150 : 220),
      marginTop,
      marginLeft: 66,
      marginRight: 10,
      marginBottom,
      x: {
        type: "point",
        domain: values.map((_, at) => at),
        tickFormat: (at: number) => values[at]!,
        padding: 0.5,
        label: `${axis} →`,
        labelAnchor: "center",
        labelArrow: "none",
      },
      y: {
        label: measure,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 60,
        grid: true,
        ticks: 5,
        domain,
      },
      marks: [
        Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
        ...(title === "" ? [] : [Plot.text([title], { frameAnchor: "top-left", dy: -20, fontWeight: 600 })]),
        ...series.flatMap((one) => {
          const { colour, dash } = looksOf(one);
          const drawn = one.points.filter(({ value }) => value !== null);
          // Side by side, so that the intervals of one value do not hide each other.
          const dx = apart * (names.indexOf(one.label) - (names.length - 1) / 2);
          const isBold = one.label === followed;
          const line = { stroke: lightOf(colour), className: classOf(colour, "line") };
          return [
            Plot.ruleX(
              drawn.filter(({ low }) => low !== undefined),
              {
                x: "at",
                y1: "low",
                y2: "high",
                dx,
                strokeWidth: isBold ? 1.8 : 1.2,
                strokeOpacity: isBold ? 0.7 : 0.4,
                ...line,
              },
            ),
            ...(joined
              ? [
                  Plot.line(drawn, {
                    x: "at",
                    y: "value",
                    dx,
                    strokeWidth: isBold ? 3 : 1.6,
                    strokeDasharray: dash,
                    ...line,
                  }),
                ]
              : []),
            Plot.dot(drawn, {
              x: "at",
              y: "value",
              dx,
              r: isBold ? 4 : 2.6,
              fill: lightOf(colour),
              stroke: lightOf(colour),
              className: classOf(colour, "dot"),
            }),
          ];
        }),
      ],
    },
  );
}

/** All that is drawn, with a little room; a measure that does not change gets a scale around its value. */
function domainOf(series: readonly SweepSeries[]): [number, number] {
  const values = series
    .flatMap(({ points }) => points.flatMap(({ value, low, high }) => [value, low, high]))
    .filter((value) => typeof value === "number");
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.06 * (most - least) || 0.05 * Math.abs(least) || 1;
  return [least - room, most + room];
}
