import * as Plot from "@observablehq/plot";
import { defined } from "../../core/defined.ts";
import type { TrainingStep } from "../run/run-data.ts";
import type { FamilyPlace } from "./family-places.ts";
import { lineItem } from "./legend.ts";
import { linePaint, sideAxis } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import type { ColourName } from "./palette.ts";
import { panelsOf } from "./panel-grid.ts";
import { halfWindow, runningMean } from "./smooth.ts";
import { renderChart } from "./svg.ts";

/** One training run; several of one label are its seeds, each drawn as a line of its own. */
export interface MethodCurve {
  label: string;
  seed: number;
  place?: FamilyPlace | undefined;
  steps: readonly TrainingStep[];
}

type MeanScore = "meanPositive" | "meanNegative" | "meanBoundary" | "meanTarget" | "meanReference";

const lines: { field: MeanScore; colour: ColourName; label: string; dash?: string }[] = [
  { field: "meanPositive", colour: "positive", label: "mean of right COTs" },
  { field: "meanNegative", colour: "negative", label: "mean of wrong COTs", dash: "7,3" },
  { field: "meanBoundary", colour: "boundary", label: "boundary", dash: "2,3" },
  { field: "meanTarget", colour: "target", label: "mean of the VFT targets", dash: "10,3,2,3" },
  { field: "meanReference", colour: "sampled", label: "mean of references", dash: "4,2" },
];

/** Mean scores per optimizer step, one panel a method: does the loss push negatives down, and do positives follow? */
export function curvesChart(
  curves: readonly MethodCurve[],
  { id = "curves", width }: ChartOptions = {},
): string {
  const panels = panelsOf(curves, { gap: 0.2 });
  const drawn = lines.map((line) => ({
    ...line,
    points: curves
      .filter((curve) => line.field !== "meanReference" || hasOtherTargets(curve))
      .flatMap((curve) => pointsOf(curve, line.field)),
  }));
  return renderChart({
    text: { id, title: "Mean scores while training", description: describe(curves) },
    width,
    height: 82 + 170 * panels.rows,
    margins: { top: 52, right: 8, bottom: 40, left: 60 },
    x: { label: "optimizer step →", nice: false, ticks: 4, grid: false },
    y: { ...sideAxis("score (nats a token)", 56), nice: true },
    ...panels.scales,
    marks: [
      panels.frame,
      ...drawn.map(({ points, colour, dash }) =>
        Plot.lineY(points, {
          x: "step",
          y: "value",
          z: "run",
          ...panels.facets,
          ...linePaint(colour),
          strokeWidth: 2,
          ...defined({ strokeDasharray: dash }),
        }),
      ),
      panels.titles,
    ],
    legend: drawn
      .filter(({ points }) => points.length > 0)
      .map(({ label, colour, dash }) => lineItem(label, colour, dash)),
  });
}

/** Most methods' VFT targets are the references alone: their mean is not drawn twice. */
const hasOtherTargets = ({ steps }: MethodCurve): boolean =>
  steps.some(
    ({ meanReference, meanTarget }) =>
      meanReference !== undefined && meanTarget !== undefined && Math.abs(meanReference - meanTarget) > 1e-6,
  );

const pointsOf = ({ label, seed, steps }: MethodCurve, field: MeanScore) =>
  runningMean(
    steps.map((step) => step[field] ?? Number.NaN),
    halfWindow(steps.length),
  )
    .map((value, at) => ({ label, run: `${label} ${seed}`, step: steps[at]!.step, value }))
    .filter(({ value }) => !Number.isNaN(value));

const describe = (curves: readonly MethodCurve[]): string =>
  curves
    .map(({ label, seed, steps }) => {
      const means = lines.flatMap(({ field, label: name }) => {
        const mean = steps.at(-1)?.[field];
        return mean === undefined ? [] : [`${name} ${mean.toFixed(3)}`];
      });
      return `${label}, seed ${seed}: ${means.join(", ") || "no scores"} at the last step.`;
    })
    .join(" ");
