import * as Plot from "@observablehq/plot";
import type { Interval } from "../statistics/interval.ts";
import type { FamilyPlace } from "./family-places.ts";
import { legendChart, lineItem } from "./legend.ts";
import { dotPaint, frame, linePaint, lineStyleAt, pointTitle, sideAxis, withEnds } from "./marks.ts";
import type { ChartText } from "./options.ts";
import { colourOf } from "./palette.ts";
import { renderChart, stacked } from "./svg.ts";

/** One method along the values of an axis. */
export interface SweepSeries {
  label: string;
  place: FamilyPlace;
  /** One a value of the axis; null where there is no number. */
  points: readonly { value: number | null; interval?: Interval | null | undefined }[];
}

/** A panel: one measure in one row of cells. */
export interface SweepPanel {
  measure: string;
  /** What its numbers are drawn in: 100 for shares in percent. */
  scale: number;
  series: readonly SweepSeries[];
}

export interface SweepRow {
  /** What its cells have in common; empty where there is one row. */
  text: string;
  panels: readonly SweepPanel[];
}

export interface SweepChartOptions {
  axis: string;
  values: readonly string[];
  /** Lines from value to value. */
  joined: boolean;
  /** The label of the method that is drawn boldly. */
  followed?: string | undefined;
  width?: number;
}

const gap = 16;

/**
 * What the values of an axis make of each method: a column a measure, a row for each setting of the other axes. A
 * measure has one scale in all rows. Values stand at equal distances; those that are numbers are joined by lines.
 */
export function sweepChart(text: ChartText, rows: readonly SweepRow[], options: SweepChartOptions): string {
  const columns = rows[0]?.panels.length ?? 1;
  const width = Math.floor(((options.width ?? 1280) - gap * (columns - 1)) / columns);
  const series = rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.series));
  const methods = [...new Map(series.map((method) => [method.label, method])).values()];
  const legend = legendChart(
    methods.map((method) => lineItem(method.label, colourOf(method), lineStyleAt(method.place.at).dash)),
    columns * width + gap * (columns - 1),
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
            width,
            title: column > 0 ? "" : row.text,
            isTitled: row.text !== "",
            domain: domainOf(
              rows.flatMap(({ panels }) => drawnIn(panels[column]!)),
              panel.scale,
            ),
            labels: methods.map(({ label }) => label),
          }),
        ),
      ),
    ],
    gap,
  );
}

interface PanelOptions extends SweepChartOptions {
  id: string;
  width: number;
  title: string;
  /** Whether its row has a title: room is left for it. */
  isTitled: boolean;
  domain: [number, number];
  labels: readonly string[];
}

function drawPanel(panel: SweepPanel, options: PanelOptions): string {
  const { measure } = panel;
  const { id, width, title, isTitled, axis, values, domain, labels } = options;
  const margins = { top: isTitled ? 30 : 12, right: 10, bottom: 42, left: 66 };
  // Half of the room between two values is left free.
  const apart = Math.min(6, (0.5 * (width - margins.left - margins.right)) / values.length / labels.length);
  return renderChart({
    text: { id, title: `${measure}${title && `, ${title}`}`, description: `${measure} by ${axis}.` },
    width,
    height: margins.top + margins.bottom + (isTitled ? 150 : 220),
    margins,
    x: {
      type: "point",
      domain: values.map((_, at) => at),
      tickFormat: (at: number) => inShort(values[at]!),
      padding: 0.5,
      label: `${axis} →`,
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: {
      ...sideAxis(measure, 60),
      domain,
      ...(goesByPowers(domain, panel) ? { type: "log", tickFormat: tens } : {}),
    },
    marks: [
      frame(),
      ...(title === "" ? [] : [Plot.text([title], { frameAnchor: "top-left", dy: -20, fontWeight: 600 })]),
      // Side by side, so that the intervals of one value do not hide each other.
      ...drawnIn(panel).flatMap((method) =>
        drawMethod(method, apart * (labels.indexOf(method.label) - (labels.length - 1) / 2), options),
      ),
    ],
  });
}

/** Small numbers take a tick's room: `2.5e-5` in the place of `0.000025`. */
const inShort = (text: string): string =>
  /^0\.000\d+$/.test(text) ? Number(text).toExponential().replace("-", "−") : text;

/** One method's perplexity that goes through the roof would press all others into one line. */
const manyTimes = 30;
const goesByPowers = ([low, high]: [number, number], { scale }: SweepPanel): boolean =>
  scale === 1 && low > 0 && high / low > manyTimes;

/** Of an axis by powers of ten only they are labelled. */
function tens(value: number): string {
  const power = Math.log10(value);
  if (Math.abs(power - Math.round(power)) > 1e-6) return "";
  return power < 4 ? String(Math.round(value)) : `1e${Math.round(power)}`;
}

/** The points of each method, in the unit of the panel, with their places on the axis. */
const drawnIn = ({ scale, series }: SweepPanel) =>
  series.map(({ label, place, points }) => ({
    label,
    place,
    points: points.flatMap(({ value, interval }, at) =>
      value === null ? [] : [{ at, hasInterval: interval != null, ...withEnds(value, interval, scale) }],
    ),
  }));
type Drawn = ReturnType<typeof drawnIn>[number];

function drawMethod(method: Drawn, dx: number, { joined, followed }: PanelOptions): Plot.Markish[] {
  const isBold = method.label === followed;
  const { points } = method;
  const place = { x: "at", dx };
  const paint = linePaint(colourOf(method), method.place);
  const line = Plot.line(points, {
    ...place,
    y: "value",
    strokeWidth: isBold ? 3 : 1.6,
    strokeDasharray: lineStyleAt(method.place.at).dash,
    ...paint,
  });
  return [
    Plot.ruleX(
      points.filter(({ hasInterval }) => hasInterval),
      {
        ...place,
        y1: "low",
        y2: "high",
        strokeWidth: isBold ? 1.8 : 1.2,
        strokeOpacity: isBold ? 0.7 : 0.4,
        ...paint,
      },
    ),
    ...(joined ? [line] : []),
    Plot.dot(points, {
      ...place,
      y: "value",
      r: isBold ? 4 : 2.6,
      ...dotPaint(colourOf(method), method.place),
      title: pointTitle(method.label, 2),
    }),
  ];
}

/** All that is drawn, with a little room; a measure that does not change gets a scale around its value. */
function domainOf(methods: readonly Drawn[], scale: number): [number, number] {
  const values = methods.flatMap(({ points }) =>
    points.flatMap(({ value, low, high }) => [value, low, high]),
  );
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (scale === 1 && least > 0 && most / least > manyTimes) return [least / 1.3, most * 1.3];
  const room = 0.06 * (most - least) || 0.05 * Math.abs(least) || 1;
  return [least - room, most + room];
}
