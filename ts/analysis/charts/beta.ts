import * as Plot from "@observablehq/plot";
import { percent } from "../format.ts";
import type { SearchPoint } from "../run/run-data.ts";
import { type LegendItem, lineItem } from "./legend.ts";
import { dotPaint, linePaint, lineStyleAt, pointTitle, sideAxis, withEnds } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import type { ColourName } from "./palette.ts";
import { renderChart, stacked } from "./svg.ts";

/** The values of beta that one method was trained with under one seed, and the one that was chosen. */
export interface BetaCurve {
  seed: number;
  parameter: string;
  chosen: number;
  points: SearchPoint[];
}

/** The value that `beta: auto` found under one seed. */
interface AutoBeta {
  seed: number;
  beta: number;
}

interface Measure {
  id: string;
  label: string;
  value: keyof SearchPoint & ("accuracy" | "assessmentMicro" | "perplexityPositive");
  interval: keyof SearchPoint & ("interval" | "assessmentInterval" | "perplexityInterval");
  scale: number;
}

const accuracy: Measure = {
  id: "accuracy",
  label: "validation accuracy, %",
  value: "accuracy",
  interval: "interval",
  scale: 100,
};
const sideMeasures: Measure[] = [
  {
    id: "assessment",
    label: "assessment accuracy, %",
    value: "assessmentMicro",
    interval: "assessmentInterval",
    scale: 100,
  },
  {
    id: "perplexity",
    label: "perplexity of right COTs",
    value: "perplexityPositive",
    interval: "perplexityInterval",
    scale: 1,
  },
];

const colours: ColourName[] = ["positive", "negative", "sampled", "boundary", "target"];
const colourAt = (at: number): ColourName => colours[at % colours.length]!;

/**
 * Validation accuracy against beta, one line a seed, the chosen value ringed; below it what the same weights make of the
 * VFT model's samples; all with 95 % intervals, where they were measured. `autos`: what `beta: auto` found, as upright lines.
 */
export function betaChart(
  curves: readonly BetaCurve[],
  options: ChartOptions & { autos?: readonly AutoBeta[] } = {},
): string {
  const { id = "beta", width = 720, autos = [] } = options;
  const gap = 20;
  const draw = (measure: Measure, size: { width: number; height: number; legend?: LegendItem[] }) =>
    panel(curves, measure, { id: `${id}-${measure.id}`, autos, ...size });
  return stacked(
    { id, title: "Validation accuracy by beta", description: describe(curves) },
    [
      [draw(accuracy, { width, height: 300, legend: legendOf(curves, autos.length > 0) })],
      sideMeasures.map((measure) => draw(measure, { width: (width - gap) / 2, height: 210 })),
    ],
    gap,
  );
}

function panel(
  curves: readonly BetaCurve[],
  measure: Measure,
  options: { id: string; width: number; height: number; autos: readonly AutoBeta[]; legend?: LegendItem[] },
): string {
  const { id, autos, legend = [], ...size } = options;
  const { label } = measure;
  const parameter = curves[0]?.parameter ?? "beta";
  return renderChart({
    text: { id, title: label, description: `By ${parameter}.` },
    ...size,
    margins: { top: legend.length > 0 ? 36 : 16, right: 20, bottom: 40, left: 60 },
    x: { label: `${parameter} (nats a token) →`, nice: false, insetLeft: 14, insetRight: 14 },
    y: { ...sideAxis(label, 52), nice: true },
    marks: curves.flatMap(({ seed, points, chosen }, at) => {
      const drawn = points.flatMap((point) => {
        const value = point[measure.value];
        return value === null
          ? []
          : [{ beta: point.beta, ...withEnds(value, point[measure.interval], measure.scale) }];
      });
      const paint = linePaint(colourAt(at));
      // Side by side, so that the intervals of one beta do not hide each other.
      const place = { x: "beta", dx: 5 * (at - (curves.length - 1) / 2) };
      const auto = autos.filter((found) => found.seed === seed);
      return [
        Plot.ruleX(auto, { x: "beta", strokeDasharray: "4,4", strokeWidth: 1.2, ...paint }),
        Plot.ruleX(drawn, { ...place, y1: "low", y2: "high", strokeOpacity: 0.55, ...paint }),
        Plot.line(drawn, {
          ...place,
          y: "value",
          strokeWidth: 2,
          strokeDasharray: lineStyleAt(at).dash,
          ...paint,
        }),
        Plot.dot(drawn, {
          ...place,
          y: "value",
          r: 3,
          ...dotPaint(colourAt(at)),
          title: (point: (typeof drawn)[number]) =>
            pointTitle(`seed ${seed}, ${parameter} ${point.beta}`, measure.scale === 1 ? 3 : 1)(point),
        }),
        Plot.dot(
          drawn.filter(({ beta }) => beta === chosen),
          { ...place, y: "value", r: 7, strokeWidth: 2, ...paint },
        ),
      ];
    }),
    legend,
  });
}

const legendOf = (curves: readonly BetaCurve[], withAuto: boolean): LegendItem[] => [
  ...curves.map(({ seed }, at) => lineItem(`seed ${seed}`, colourAt(at), lineStyleAt(at).dash)),
  { label: "chosen", colour: "target", mark: "ring" },
  ...(withAuto ? [lineItem("beta: auto", "target", "4,4")] : []),
];

const describe = (curves: readonly BetaCurve[]): string =>
  curves
    .map(
      ({ seed, chosen, points }) =>
        `Seed ${seed}: ${points.map(({ beta, accuracy: share }) => `${beta}: ${percent(share)} %`).join(", ")}; chosen ${chosen}.`,
    )
    .join(" ");
