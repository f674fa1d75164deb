import * as Plot from "@observablehq/plot";
import { percent } from "../format.ts";
import type { Interval } from "../statistics/interval.ts";
import type { FamilyPlace } from "./family-places.ts";
import { lineItem } from "./legend.ts";
import { dotPaint, linePaint, pointTitle, sideAxis, withEnds } from "./marks.ts";
import type { ChartOptions, ChartText } from "./options.ts";
import type { ColourName } from "./palette.ts";
import { panelsOf } from "./panel-grid.ts";
import { renderChart } from "./svg.ts";

/** A share in [0, 1] at one place of the horizontal axis. */
export interface PanelPoint {
  at: string;
  value: number;
  interval: Interval | null;
}

/** One method's shares, place by place. */
export interface Panel {
  label: string;
  place?: FamilyPlace | undefined;
  points: readonly PanelPoint[];
  /** A share that holds for all places: a dashed line across. */
  level?: number | null | undefined;
}

/** What the shares of a chart are. */
export interface SharesOptions {
  text: Pick<ChartText, "id" | "title">;
  x: string;
  y: string;
  colour: ColourName;
  /** What the points are, for the legend. */
  what: string;
  /** What the dashed line across is. */
  levelIs?: string;
}

export interface PanelsOptions extends ChartOptions {
  /** Comes back, pale, in every other panel. */
  reference?: Panel | undefined;
}

export type SharesChart = (methods: readonly Panel[], options?: PanelsOptions) => string;

/** A chart of shares with 95 % intervals over a few places, one panel a method, all on the same scale from 0 to 100 %. */
export const sharesChart =
  (shares: SharesOptions): SharesChart =>
  (methods, options = {}) =>
    draw(methods, shares, options);

function draw(
  methods: readonly Panel[],
  { text, x, y, colour, what, levelIs }: SharesOptions,
  { id = text.id, reference, width }: PanelsOptions,
): string {
  const panels = panelsOf(methods, { gap: 0.24 });
  const drawn = methods.flatMap(({ label, points }) => drawnIn(label, points));
  const pale = methods
    .filter(({ label }) => label !== reference?.label)
    .flatMap(({ label }) => drawnIn(label, reference?.points ?? []));
  const levels = methods.filter(({ level }) => level !== undefined && level !== null);
  const style = { ...linePaint(colour), ...panels.facets };
  const quiet = { ...linePaint("target"), ...panels.facets };
  const line = { x: "at", y: "value", z: "label" };
  return renderChart({
    text: { id, title: text.title, description: describe(methods, levelIs) },
    width,
    height: 92 + 150 * panels.rows,
    margins: { top: 56, right: 8, bottom: 44, left: 52 },
    x: {
      type: "point",
      domain: [...new Set(methods.flatMap(({ points }) => points.map(({ at }) => at)))],
      label: x,
      padding: 0.4,
      tickSize: 3,
    },
    y: { ...sideAxis(y, 46), domain: [0, 100], ticks: 4 },
    ...panels.scales,
    marks: [
      panels.frame,
      Plot.ruleY(levels, { y: ({ level }: Panel) => 100 * level!, strokeDasharray: "4,4", ...quiet }),
      Plot.line(pale, { ...line, strokeWidth: 1.3, strokeDasharray: "2,3", ...quiet }),
      Plot.ruleX(drawn, { x: "at", y1: "low", y2: "high", strokeWidth: 1.6, strokeOpacity: 0.6, ...style }),
      Plot.line(drawn, { ...line, strokeWidth: 1.8, ...style }),
      Plot.dot(drawn, {
        x: "at",
        y: "value",
        r: 3,
        ...panels.facets,
        ...dotPaint(colour),
        title: (point: (typeof drawn)[number]) => pointTitle(`${point.label}, ${point.at}`)(point),
      }),
      panels.titles,
    ],
    legend: [
      { label: what, colour, mark: "dot" },
      ...(pale.length > 0 ? [lineItem(reference!.label, "target", "2,3")] : []),
      ...(levels.length > 0 && levelIs !== undefined ? [lineItem(levelIs, "target", "5,5")] : []),
    ],
  });
}

const drawnIn = (label: string, points: readonly PanelPoint[]) =>
  points.map(({ at, value, interval }) => ({ label, at, ...withEnds(value, interval) }));

const describe = (methods: readonly Panel[], levelIs: string | undefined): string =>
  methods
    .map(({ label, points, level }) => {
      const shares = points.map(({ at, value }) => `${at}: ${percent(value)} %`).join(", ");
      const across =
        levelIs !== undefined && level !== undefined && level !== null
          ? `; ${levelIs} ${percent(level)} %`
          : "";
      return `${label}: ${shares || "nothing"}${across}.`;
    })
    .join(" ");
