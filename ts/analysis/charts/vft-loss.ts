import * as Plot from "@observablehq/plot";
import type { TrainingStep } from "../report/input.ts";
import { classOf, lightOf } from "./palette.ts";
import { halfWindow, runningMean } from "./smooth.ts";
import { renderChart } from "./svg.ts";

export interface LossCurve {
  seed: number;
  steps: readonly TrainingStep[];
}

interface Point {
  run: string;
  step: number;
  loss: number;
}

/** The VFT loss (nats a token) per optimizer step: every step pale, a running mean over it. */
export function vftLossChart(
  curves: readonly LossCurve[],
  options: { id?: string; width?: number } = {},
): string {
  const { id = "vft-loss", width = 720 } = options;
  const points = (smooth: boolean): Point[] =>
    curves.flatMap(({ seed, steps }) => {
      const losses = steps.map(({ loss }) => loss.vft);
      const shown = smooth ? runningMean(losses, halfWindow(steps.length)) : losses;
      return shown.map((loss, at) => ({ run: String(seed), step: steps[at]!.step, loss }));
    });
  const line = (smooth: boolean, strokeWidth: number, strokeOpacity: number) =>
    Plot.lineY(points(smooth), {
      x: "step",
      y: "loss",
      z: "run",
      stroke: lightOf("positive"),
      strokeWidth,
      strokeOpacity,
      className: classOf("positive", "line"),
    });
  return renderChart(
    { id, title: "VFT loss per optimizer step", description: describe(curves) },
    {
      width,
      height: 260,
      marginTop: 24,
      marginLeft: 48,
      marginRight: 16,
      marginBottom: 40,
      x: { label: "optimizer step →", nice: false },
      y: { label: "↑ loss (nats a token)", grid: true, zero: true, nice: true },
      marks: [line(false, 1, 0.3), line(true, 2.2, 1)],
    },
  );
}

const describe = (curves: readonly LossCurve[]): string =>
  curves
    .map(
      ({ seed, steps }) =>
        `Seed ${seed}: from ${steps[0]?.loss.vft.toFixed(3) ?? "nothing"} at the first to ${steps.at(-1)?.loss.vft.toFixed(3) ?? "nothing"} at the last of ${steps.length} steps.`,
    )
    .join(" ");
