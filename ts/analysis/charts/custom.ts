import type { ChartText } from "./options.ts";
import { type Chart, renderChart } from "./svg.ts";

/**
 * What `Plot.plot` of Observable Plot takes (`PlotOptions` there). Its own types stand on those of d3, which every program
 * that imports this library would need.
 */
export interface OwnChartOptions {
  /** What is drawn, from the bottom up: `Plot.dot(...)`, `Plot.lineY(...)`, ... */
  marks?: readonly unknown[] | undefined;
  /** In pixels. */
  width?: number | undefined;
  /** In pixels. */
  height?: number | undefined;
  /** Scales (`x`, `y`, `color`, `fx`, ...), margins and all else. */
  [option: string]: unknown;
}

/** A chart of the user's own: see {@link renderChart}. */
export const renderOwnChart = (text: ChartText, { marks = [], ...options }: OwnChartOptions): string =>
  renderChart({ ...options, text, marks: [...marks] } as Chart);
