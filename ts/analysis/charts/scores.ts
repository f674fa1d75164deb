import * as Plot from "@observablehq/plot";
import { percent } from "../format.ts";
import { quantile } from "../statistics/bootstrap.ts";
import { type DensityPoint, density } from "./density.ts";
import type { FamilyPlace } from "./family-places.ts";
import { type LegendItem, lineItem } from "./legend.ts";
import { areaPaint, linePaint } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import { facetsIn, gridOf } from "./panel-grid.ts";
import { renderChart } from "./svg.ts";

const sides = ["positive", "negative"] as const;
type Side = (typeof sides)[number];

/** The scores (mean log-probability a token) that one method gives to the right and to the wrong COTs. */
export interface MethodScores {
  label: string;
  positive: number[];
  negative: number[];
  assessmentAccuracy: number | null;
  /** The mean boundary below which this method pulls wrong COTs up again. */
  boundary?: number | undefined;
  place?: FamilyPlace | undefined;
}

interface Drawn extends DensityPoint {
  label: string;
}

/** Where the far left tail is cut off: the chart would else be mostly empty. */
const hiddenShare = 0.01;

/**
 * Densities of the scores of right against wrong COTs, one panel a method; the first is the VFT model, whose outlines
 * come back in every other panel: before and after.
 */
export function scoresChart(
  methods: readonly MethodScores[],
  { id = "scores", width }: ChartOptions = {},
): string {
  const { columns, rows, cells } = gridOf(methods, { few: 1, many: 3 });
  const facets = facetsIn(cells);
  const scores = Float64Array.from(
    methods.flatMap(({ positive, negative }) => [...positive, ...negative]),
  ).sort();
  const low = scores.length === 0 ? -1 : quantile(scores, hiddenShare);
  const curves = methods.map((method) => ({
    label: method.label,
    positive: density(method.positive, low, 0),
    negative: density(method.negative, low, 0),
  }));
  const labelled = (points: readonly DensityPoint[], label: string): Drawn[] =>
    points.map((point) => ({ ...point, label }));
  const now = (side: Side) => curves.flatMap((curve) => labelled(curve[side], curve.label));
  const before = (side: Side) => curves.slice(1).flatMap(({ label }) => labelled(curves[0]![side], label));
  const means = (side: Side) =>
    methods.flatMap((method, at) => meanLine(method.label, method[side], curves[at]![side]));
  const line = (side: Side) => ({ x: "x", y: "density", z: "label", ...facets, ...linePaint(side) });
  const text = { ...facets, frameAnchor: "top-left" } as const;
  return renderChart({
    text: {
      id,
      title: "Scores of right and wrong COTs, before and after",
      description: describe(methods),
    },
    width,
    height: 72 + 92 * rows,
    margins: { top: 34, right: 16, bottom: 42, left: 16 },
    x: {
      label: "score: mean log-probability a token (nats) →",
      labelAnchor: "right",
      domain: [low, 0],
      nice: false,
      ...(columns > 1 ? { ticks: 4 } : {}),
    },
    y: { axis: null },
    fx: { axis: null, padding: columns > 1 ? 0.13 : 0 },
    fy: { axis: null, padding: 0.12 },
    marks: [
      ...sides.map((side) =>
        Plot.areaY(now(side), {
          x: "x",
          y: "density",
          z: null,
          ...facets,
          ...areaPaint(side),
          fillOpacity: 0.28,
        }),
      ),
      ...sides.map((side) =>
        Plot.lineY(before(side), { ...line(side), strokeWidth: 1.1, strokeDasharray: "3,3" }),
      ),
      ...sides.map((side) => Plot.lineY(now(side), { ...line(side), strokeWidth: 1.8 })),
      ...sides.map((side) =>
        Plot.ruleX(means(side), {
          x: "x",
          y1: 0,
          y2: "density",
          strokeWidth: 1.6,
          ...facets,
          ...linePaint(side),
        }),
      ),
      Plot.ruleX(
        methods.filter(({ boundary }) => boundary !== undefined && boundary >= low),
        { x: "boundary", ...facets, ...linePaint("boundary"), strokeWidth: 1.8, strokeDasharray: "2,3" },
      ),
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.35 }),
      Plot.text(methods, { ...text, text: "label", dy: 4, fontWeight: 600, fontSize: 13 }),
      Plot.text(methods, {
        ...text,
        text: ({ assessmentAccuracy }: MethodScores) =>
          `assessment accuracy ${percent(assessmentAccuracy)} %`,
        dy: 22,
        fillOpacity: 0.8,
      }),
    ],
    legend: legendOf(methods),
  });
}

const legendOf = (methods: readonly MethodScores[]): LegendItem[] => [
  { label: "right COTs", colour: "positive", mark: "area" },
  { label: "wrong COTs", colour: "negative", mark: "area" },
  ...(methods.length > 1 ? [lineItem("under VFT", "target", "3,3")] : []),
  ...(methods.some(({ boundary }) => boundary !== undefined)
    ? [lineItem("mean boundary", "boundary", "2,3")]
    : []),
];

function meanLine(label: string, values: readonly number[], curve: readonly DensityPoint[]): Drawn[] {
  if (values.length === 0) return [];
  const mean = meanOf(values);
  const nearest = curve.reduce((best, point) =>
    Math.abs(point.x - mean) < Math.abs(best.x - mean) ? point : best,
  );
  return [{ label, x: Math.max(mean, curve[0]!.x), density: nearest.density }];
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const describe = (methods: readonly MethodScores[]): string =>
  methods
    .map(({ label, positive, negative, assessmentAccuracy, boundary }) =>
      positive.length === 0 || negative.length === 0
        ? `${label}: no scores of both sides.`
        : `${label}: mean score of right COTs ${meanOf(positive).toFixed(3)}, of wrong COTs ${meanOf(negative).toFixed(3)}, assessment accuracy ${percent(assessmentAccuracy)} %${boundary === undefined ? "" : `, mean boundary ${boundary.toFixed(3)}`}.`,
    )
    .join(" ");
