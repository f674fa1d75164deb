import * as Plot from "@observablehq/plot";
import { percent } from "../report/format.ts";
import type { SearchPoint } from "../report/input.ts";
import { stacked } from "./compose.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";

/** The values of beta that one method was trained with under one seed, and the one that was chosen. */
export interface BetaCurve {
  seed: number;
  parameter: string;
  chosen: number;
  points: SearchPoint[];
}

type Point = SearchPoint;

interface Measure {
  id: string;
  label: string;
  of: (point: Point) => number | null;
  interval: (point: Point) => Point["interval"];
}

const inPercent = (share: number | null): number | null => (share === null ? null : 100 * share);
const bothInPercent = (interval: Point["interval"]): Point["interval"] =>
  interval === null ? null : { low: 100 * interval.low, high: 100 * interval.high };

const accuracy: Measure = {
  id: "accuracy",
  label: "validation accuracy, %",
  of: (point) => inPercent(point.accuracy),
  interval: ({ interval }) => bothInPercent(interval),
};
const beside: Measure[] = [
  {
    id: "assessment",
    label: "assessment accuracy, %",
    of: (point) => inPercent(point.assessmentMicro),
    interval: ({ assessmentInterval }) => bothInPercent(assessmentInterval ?? null),
  },
  {
    id: "perplexity",
    label: "perplexity of right COTs",
    of: (point) => point.perplexityPositive,
    interval: ({ perplexityInterval }) => perplexityInterval ?? null,
  },
];

const looks: { colour: ColourName; dash: string }[] = [
  { colour: "positive", dash: "" },
  { colour: "negative", dash: "7,3" },
  { colour: "sampled", dash: "2,3" },
  { colour: "boundary", dash: "10,3,2,3" },
  { colour: "target", dash: "4,2" },
];
const lookOf = (at: number) => looks[at % looks.length]!;

/**
 * Validation accuracy against beta, one line a seed, the chosen value ringed; below it what the same weights make of the
 * VFT model's samples; all with 95 % intervals, where they were measured. `autos`: what `beta: auto` found, as upright lines.
 */
export function betaChart(
  curves: readonly BetaCurve[],
  options: { id?: string; width?: number; autos?: readonly { seed: number; beta: number }[] } = {},
): string {
  const { id = "beta", width = 720, autos = [] } = options;
  const half = (width - 20) / 2;
  const draw = (measure: Measure, size: { width: number; height: number }, legend: LegendItem[] = []) =>
    panel(curves, measure, { id: `${id}-${measure.id}`, autos, ...size }, legend);
  return stacked(
    { id, title: "Validation accuracy by beta", description: describe(curves) },
    [
      [draw(accuracy, { width, height: 300 }, legendOf(curves, autos.length > 0))],
      beside.map((measure) => draw(measure, { width: half, height: 210 })),
    ],
    20,
  );
}

function panel(
  curves: readonly BetaCurve[],
  { label, of, interval }: Measure,
  options: { id: string; width: number; height: number; autos: readonly { seed: number; beta: number }[] },
  legend: LegendItem[],
): string {
  const { id, width, height, autos } = options;
  const parameter = curves[0]?.parameter ?? "beta";
  return renderChart(
    { id, title: label.replace("", ""), description: `By ${parameter}.` },
    {
      width,
      height,
      marginTop: legend.length > 0 ? 36 : 16,
      marginLeft: 60,
      marginRight: 20,
      marginBottom: 40,
      x: { label: `${parameter} (nats a token) →`, nice: false, insetLeft: 14, insetRight: 14 },
      y: {
        label,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 52,
        grid: true,
        nice: true,
        ticks: 5,
      },
      marks: curves.flatMap(({ seed, points, chosen }, at) => {
        const { colour, dash } = lookOf(at);
        // Side by side, so that the intervals of one beta do not hide each other.
        const dx = 5 * (at - (curves.length - 1) / 2);
        const drawn = points.flatMap((point) => {
          const value = of(point);
          const { low, high } = interval(point) ?? { low: value, high: value };
          return value === null ? [] : [{ beta: point.beta, value, low, high }];
        });
        const line = { stroke: lightOf(colour), className: classOf(colour, "line") };
        const auto = autos.filter((one) => one.seed === seed);
        return [
          Plot.ruleX(auto, { x: "beta", strokeDasharray: "4,4", strokeWidth: 1.2, ...line }),
          Plot.ruleX(drawn, { x: "beta", y1: "low", y2: "high", dx, strokeOpacity: 0.55, ...line }),
          Plot.line(drawn, { x: "beta", y: "value", dx, strokeWidth: 2, strokeDasharray: dash, ...line }),
          Plot.dot(drawn, {
            x: "beta",
            y: "value",
            dx,
            r: 3,
            fill: lightOf(colour),
            stroke: lightOf(colour),
            className: classOf(colour, "dot"),
          }),
          Plot.dot(
            drawn.filter(({ beta }) => beta === chosen),
            { x: "beta", y: "value", dx, r: 7, strokeWidth: 2, ...line },
          ),
        ];
      }),
    },
    legend,
  );
}

const legendOf = (curves: readonly BetaCurve[], withAuto: boolean): LegendItem[] => [
  ...curves.map(({ seed }, at) => {
    const { colour, dash } = lookOf(at);
    return {
      label: `seed ${seed}`,
      className: classOf(colour, "line"),
      ...(dash === "" ? {} : { dash }),
    };
  }),
  { label: "chosen", className: classOf("target", "line"), ring: true },
  ...(withAuto ? [{ label: "beta: auto", className: classOf("target", "line"), dash: "4,4" }] : []),
];

const describe = (curves: readonly BetaCurve[]): string =>
  curves
    .map(
      ({ seed, chosen, points }) =>
        `Seed ${seed}: ${points.map(({ beta, accuracy: share }) => `${beta}: ${percent(share)} %`).join(", ")}; chosen ${chosen}.`,
    )
    .join(" ");
