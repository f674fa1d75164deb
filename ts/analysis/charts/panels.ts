import * as Plot from "@observablehq/plot";
import type { FamilyPlace } from "../report/family.ts";
import { percent } from "../report/format.ts";
import type { Interval } from "../statistics/interval.ts";
import { gridOf } from "./panel-grid.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";
import type { ChartText } from "./text.ts";

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

export interface PanelsOptions {
  text: Pick<ChartText, "id" | "title">;
  x: string;
  y: string;
  colour: ColourName;
  /** What the points are, for the legend. */
  what: string;
  /** What the dashed line across is. */
  levelIs?: string | undefined;
  /** Comes back, pale, in every other panel. */
  reference?: Panel | undefined;
  width?: number | undefined;
}

interface Drawn {
  label: string;
  at: string;
  value: number;
  low: number;
  high: number;
}

/** Shares with 95 % intervals over a few places, one panel a method, all on the same scale from 0 to 100 %. */
export function panelsChart(panels: readonly Panel[], options: PanelsOptions): string {
  const { text, x, y, colour, what, levelIs, reference, width = 720 } = options;
  const { rows, at } = gridOf(panels, { few: 3, many: 3 });
  const fx = ({ label }: { label: string }) => at.get(label)![0];
  const fy = ({ label }: { label: string }) => at.get(label)![1];
  const places = [...new Set(panels.flatMap(({ points }) => points.map((point) => point.at)))];
  const drawn = panels.flatMap((panel) => drawnIn(panel.label, panel));
  const others = panels.filter(({ label }) => label !== reference?.label);
  const pale = reference === undefined ? [] : others.flatMap(({ label }) => drawnIn(label, reference));
  const levels = panels.filter(({ level }) => level !== undefined && level !== null);
  const style = { stroke: lightOf(colour), className: classOf(colour, "line"), fx, fy };
  const quiet = { stroke: lightOf("target"), className: classOf("target", "line"), fx, fy };
  return renderChart(
    { ...text, description: describe(panels, levelIs) },
    {
      width,
      height: 92 + 150 * rows,
      marginTop: 56,
      marginLeft: 52,
      marginRight: 8,
      marginBottom: 44,
      x: { type: "point", domain: places, label: x, padding: 0.4, tickSize: 3 },
      y: {
        label: y,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 46,
        domain: [0, 100],
        grid: true,
        ticks: 4,
      },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.24 },
      marks: [
        Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
        Plot.ruleY(levels, { y: ({ level }: Panel) => 100 * level!, strokeDasharray: "4,4", ...quiet }),
        Plot.line(pale, {
          x: "at",
          y: "value",
          z: "label",
          strokeWidth: 1.3,
          strokeDasharray: "2,3",
          ...quiet,
        }),
        Plot.ruleX(drawn, { x: "at", y1: "low", y2: "high", strokeWidth: 1.6, strokeOpacity: 0.6, ...style }),
        Plot.line(drawn, { x: "at", y: "value", z: "label", strokeWidth: 1.8, ...style }),
        Plot.dot(drawn, {
          x: "at",
          y: "value",
          r: 3,
          fx,
          fy,
          fill: lightOf(colour),
          stroke: lightOf(colour),
          className: classOf(colour, "dot"),
        }),
        Plot.text(
          panels.map(({ label }) => ({ label })),
          { text: "label", fx, fy, frameAnchor: "top-left", dy: -18, fontWeight: 600 },
        ),
      ],
    },
    legendOf({
      what,
      colour,
      levelIs: levels.length > 0 ? levelIs : undefined,
      reference: pale.length > 0 ? reference : undefined,
    }),
  );
}

const drawnIn = (label: string, { points }: Panel): Drawn[] =>
  points.map(({ at, value, interval }) => ({
    label,
    at,
    value: 100 * value,
    low: 100 * (interval?.low ?? value),
    high: 100 * (interval?.high ?? value),
  }));

const legendOf = (of: Pick<PanelsOptions, "what" | "colour" | "levelIs" | "reference">): LegendItem[] => [
  { label: of.what, className: classOf(of.colour, "dot") },
  ...(of.reference === undefined
    ? []
    : [{ label: of.reference.label, className: classOf("target", "line"), dash: "2,3" }]),
  ...(of.levelIs === undefined
    ? []
    : [{ label: of.levelIs, className: classOf("target", "line"), dash: "5,5" }]),
];

const describe = (panels: readonly Panel[], levelIs: string | undefined): string =>
  panels
    .map(({ label, points, level }) => {
      const all = points.map(({ at, value }) => `${at}: ${percent(value)} %`).join(", ");
      const across =
        levelIs !== undefined && level !== undefined && level !== null
          ? `; ${levelIs} ${percent(level)} %`
          : "";
      return `${label}: ${all || "nothing"}${across}.`;
    })
    .join(" ");
