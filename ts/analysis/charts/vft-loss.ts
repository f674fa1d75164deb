import * as Plot from "@observablehq/plot";
import type { TrainingStep } from "../run/run-data.ts";
import { linePaint } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import { halfWindow, runningMean } from "./smooth.ts";
import { renderChart } from "./svg.ts";

export interface LossCurve {
  seed: number;
  steps: readonly TrainingStep[];
}

/** The VFT loss (nats a token) per optimizer step: every step pale, a running mean over it. */
export function vftLossChart(
  curves: readonly LossCurve[],
  { id = "vft-loss", width }: ChartOptions = {},
): string {
  const points = (isSmooth: boolean) =>
    curves.flatMap(({ seed, steps }) => {
      const losses = steps.map(({ loss }) => loss.vft);
      const shown = isSmooth ? runningMean(losses, halfWindow(steps.length)) : losses;
      return shown.map((loss, at) => ({ run: String(seed), step: steps[at]!.step, loss }));
    });
  const line = { x: "step", y: "loss", z: "run", ...linePaint("positive") };
  return renderChart({
    text: { id, title: "VFT loss per optimizer step", description: describe(curves) },
    width,
    height: 260,
    margins: { top: 24, right: 16, bottom: 40, left: 48 },
    x: { label: "optimizer step →", nice: false },
    y: { label: "↑ loss (nats a token)", grid: true, zero: true, nice: true },
    marks: [
      Plot.lineY(points(false), { ...line, strokeWidth: 1, strokeOpacity: 0.3 }),
      Plot.lineY(points(true), { ...line, strokeWidth: 2.2, strokeOpacity: 1 }),
    ],
  });
}

const describe = (curves: readonly LossCurve[]): string =>
  curves
    .map(
      ({ seed, steps }) =>
        `Seed ${seed}: from ${steps[0]?.loss.vft.toFixed(3) ?? "nothing"} at the first to ${steps.at(-1)?.loss.vft.toFixed(3) ?? "nothing"} at the last of ${steps.length} steps.`,
    )
    .join(" ");
