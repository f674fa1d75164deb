import * as Plot from "@observablehq/plot";
import type { FamilyPlace } from "../report/family.ts";
import { percent } from "../report/format.ts";
import { quantile } from "../statistics/bootstrap.ts";
import { type DensityPoint, density } from "./density.ts";
import { gridOf } from "./panel-grid.ts";
import { classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";

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

const legend: LegendItem[] = [
  { label: "right COTs", className: classOf("positive", "fill") },
  { label: "wrong COTs", className: classOf("negative", "fill") },
  { label: "under VFT", className: classOf("target", "line"), dash: "3,3" },
];

const boundaryLegend: LegendItem = {
  label: "mean boundary",
  className: classOf("boundary", "line"),
  dash: "2,3",
};

/** Where the far left tail is cut off: the chart would else be mostly empty. */
const hiddenShare = 0.01;

/**
 * Densities of the scores of right against wrong COTs, one panel a method; the first is the VFT model, whose outlines
 * come back in every other panel: before and after.
 */
export function scoresChart(
  methods: readonly MethodScores[],
  options: { id?: string; width?: number } = {},
): string {
  const { id = "scores", width = 720 } = options;
  const grid = gridOf(methods, { few: 1, many: 3 });
  const fx = ({ label }: { label: string }) => grid.at.get(label)![0];
  const fy = ({ label }: { label: string }) => grid.at.get(label)![1];
  const all = Float64Array.from(
    methods.flatMap(({ positive, negative }) => [...positive, ...negative]),
  ).sort();
  const low = all.length === 0 ? -1 : quantile(all, hiddenShare);
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
  const style = (side: Side) => ({ stroke: lightOf(side), className: classOf(side, "line"), fx, fy });
  return renderChart(
    {
      id,
      title: "Scores of right and wrong COTs, before and after",
      description: describe(methods),
    },
    {
      width,
      height: 72 + 92 * grid.rows,
      marginTop: 34,
      marginLeft: 16,
      marginRight: 16,
      marginBottom: 42,
      x: {
        label: "score: mean log-probability a token (nats) →",
        labelAnchor: "right",
        domain: [low, 0],
        nice: false,
        ...(grid.columns > 1 ? { ticks: 4 } : {}),
      },
      y: { axis: null },
      fx: { axis: null, padding: grid.columns > 1 ? 0.13 : 0 },
      fy: { axis: null, padding: 0.12 },
      marks: [
        ...sides.map((side) =>
          Plot.areaY(now(side), {
            x: "x",
            y: "density",
            fx,
            fy,
            z: null,
            fill: lightOf(side),
            fillOpacity: 0.28,
            className: classOf(side, "fill"),
          }),
        ),
        ...sides.map((side) =>
          Plot.lineY(before(side), {
            x: "x",
            y: "density",
            z: "label",
            strokeWidth: 1.1,
            strokeDasharray: "3,3",
            ...style(side),
          }),
        ),
        ...sides.map((side) =>
          Plot.lineY(now(side), {
            x: "x",
            y: "density",
            z: "label",
            strokeWidth: 1.8,
            ...style(side),
          }),
        ),
        ...sides.map((side) =>
          Plot.ruleX(means(side), { x: "x", y1: 0, y2: "density", strokeWidth: 1.6, ...style(side) }),
        ),
        Plot.ruleX(
          methods.filter(({ boundary }) => boundary !== undefined && boundary >= low),
          {
            x: "boundary",
            fx,
            fy,
            stroke: lightOf("boundary"),
            strokeWidth: 1.8,
            strokeDasharray: "2,3",
            className: classOf("boundary", "line"),
          },
        ),
        Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.35 }),
        Plot.text(methods, {
          text: "label",
          fx,
          fy,
          frameAnchor: "top-left",
          dy: 4,
          fontWeight: 600,
          fontSize: 13,
        }),
        Plot.text(methods, {
          text: ({ assessmentAccuracy }: MethodScores) =>
            `assessment accuracy ${percent(assessmentAccuracy)} %`,
          fx,
          fy,
          frameAnchor: "top-left",
          dy: 22,
          fillOpacity: 0.8,
        }),
      ],
    },
    [
      ...(methods.length > 1 ? legend : legend.slice(0, 2)),
      ...(methods.some(({ boundary }) => boundary !== undefined) ? [boundaryLegend] : []),
    ],
  );
}

function meanLine(label: string, values: readonly number[], curve: readonly DensityPoint[]): Drawn[] {
  if (values.length === 0) return [];
  const mean = meanOf(values);
  const nearest = curve.reduce((best, point) =>
    Math.abs(point.x - mean) < Math.abs(best.x - mean) ? point : best,
  );
  return [{ label, x: Math.max(mean, curve[0]!.x), density: nearest.density }];
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const describe = (methods: readonly MethodScores[]): string =>
  methods
    .map(({ label, positive, negative, assessmentAccuracy, boundary }) =>
      positive.length === 0 || negative.length === 0
        ? `${label}: no scores of both sides.`
        : `${label}: mean score of right COTs ${meanOf(positive).toFixed(3)}, of wrong COTs ${meanOf(negative).toFixed(3)}, assessment accuracy ${percent(assessmentAccuracy)} %${boundary === undefined ? "" : `, mean boundary ${boundary.toFixed(3)}`}.`,
    )
    .join(" ");
