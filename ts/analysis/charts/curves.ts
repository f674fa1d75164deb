import * as Plot from "@observablehq/plot";
import type { FamilyPlace } from "../report/family.ts";
import type { TrainingStep } from "../report/input.ts";
import { gridOf } from "./panel-grid.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";
import { halfWindow, runningMean } from "./smooth.ts";
import { type LegendItem, renderChart } from "./svg.ts";

/** One training run; several of one label are its seeds, each drawn as a line of its own. */
export interface MethodCurve {
  label: string;
  seed: number;
  place?: FamilyPlace | undefined;
  steps: readonly TrainingStep[];
}

const lines: {
  field: "meanPositive" | "meanNegative" | "meanBoundary" | "meanTarget" | "meanReference";
  colour: ColourName;
  label: string;
  dash?: string;
}[] = [
  { field: "meanPositive", colour: "positive", label: "mean of right COTs" },
  { field: "meanNegative", colour: "negative", label: "mean of wrong COTs", dash: "7,3" },
  { field: "meanBoundary", colour: "boundary", label: "boundary", dash: "2,3" },
  { field: "meanTarget", colour: "target", label: "mean of the VFT targets", dash: "10,3,2,3" },
  { field: "meanReference", colour: "sampled", label: "mean of references", dash: "4,2" },
];

interface Point {
  label: string;
  run: string;
  step: number;
  value: number;
}

/** Mean scores per optimizer step, one panel a method: does the loss push negatives down, and do positives follow? */
export function curvesChart(
  curves: readonly MethodCurve[],
  options: { id?: string; width?: number } = {},
): string {
  const { id = "curves", width = 720 } = options;
  const labels = [...new Set(curves.map(({ label }) => label))];
  const { rows, at } = gridOf(curves, { few: 3, many: 3 });
  const fx = ({ label }: { label: string }) => at.get(label)![0];
  const fy = ({ label }: { label: string }) => at.get(label)![1];
  const drawn = lines.map((line) => ({
    ...line,
    points: curves
      .filter((curve) => line.field !== "meanReference" || hasOtherTargets(curve))
      .flatMap((curve) => pointsOf(curve, line.field)),
  }));
  return renderChart(
    { id, title: "Mean scores while training", description: describe(curves) },
    {
      width,
      height: 82 + 170 * rows,
      marginTop: 52,
      marginLeft: 60,
      marginRight: 8,
      marginBottom: 40,
      x: { label: "optimizer step →", nice: false, ticks: 4, grid: false },
      y: {
        label: "score (nats a token)",
        labelAnchor: "center",
        labelArrow: "none",
        grid: true,
        ticks: 5,
        nice: true,
        labelOffset: 56,
      },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.2 },
      marks: [
        Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
        ...drawn.map(({ points, colour, dash }) =>
          Plot.lineY(points, {
            x: "step",
            y: "value",
            z: "run",
            fx,
            fy,
            stroke: lightOf(colour),
            strokeWidth: 2,
            ...(dash === undefined ? {} : { strokeDasharray: dash }),
            className: classOf(colour, "line"),
          }),
        ),
        Plot.text(
          labels.map((label) => ({ label })),
          { text: "label", fx, fy, frameAnchor: "top-left", dy: -18, fontWeight: 600 },
        ),
      ],
    },
    drawn
      .filter(({ points }) => points.length > 0)
      .map(
        ({ label, colour, dash }): LegendItem => ({
          label,
          className: classOf(colour, "line"),
          ...(dash === undefined ? {} : { dash }),
        }),
      ),
  );
}

/** Most methods' VFT targets are the references alone: their mean is not drawn twice. */
const hasOtherTargets = ({ steps }: MethodCurve): boolean =>
  steps.some(
    ({ meanReference, meanTarget }) =>
      meanReference !== undefined && meanTarget !== undefined && Math.abs(meanReference - meanTarget) > 1e-6,
  );

function pointsOf({ label, seed, steps }: MethodCurve, field: (typeof lines)[number]["field"]): Point[] {
  const values = steps.map((step) => step[field] ?? Number.NaN);
  return runningMean(values, halfWindow(steps.length))
    .map((value, at) => ({ label, run: `${label} ${seed}`, step: steps[at]!.step, value }))
    .filter(({ value }) => !Number.isNaN(value));
}

function describe(curves: readonly MethodCurve[]): string {
  return curves
    .map(({ label, seed, steps }) => {
      const last = steps.at(-1);
      const parts = lines
        .filter(({ field }) => last?.[field] !== undefined)
        .map(({ field, label: name }) => `${name} ${last![field]!.toFixed(3)}`);
      return `${label}, seed ${seed}: ${parts.join(", ") || "no scores"} at the last step.`;
    })
    .join(" ");
}
