import * as Plot from "@observablehq/plot";
import { percent } from "../report/format.ts";
import type { Metric } from "../report/schema.ts";
import { classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";

/** One method's greedy and sampled accuracy, with intervals. */
export interface MethodAccuracy {
  label: string;
  greedy: Metric;
  sampled: Metric;
}

const measures = [
  { name: "greedy", dy: -8, symbol: "circle", legend: "greedy" },
  { name: "sampled", dy: 9, symbol: "diamond", legend: "single samples" },
] as const;

interface Point {
  label: string;
  value: number;
  low: number;
  high: number;
}

/** Accuracy by method with 95 % intervals; the dashed line is the baseline's greedy accuracy. */
export function accuracyChart(
  methods: readonly MethodAccuracy[],
  options: { id?: string; width?: number; height?: number; baseline?: string | undefined } = {},
): string {
  const { id = "accuracy", width = 720, height = 78 + 46 * Math.max(1, methods.length) } = options;
  const baseline = methods.find(({ label }) => label === options.baseline)?.greedy.value;
  const points = (name: "greedy" | "sampled"): Point[] =>
    methods.flatMap(({ label, [name]: metric }) => {
      if (metric.value === null) return [];
      const { low, high } = metric.interval ?? { low: metric.value, high: metric.value };
      return [{ label, value: 100 * metric.value, low: 100 * low, high: 100 * high }];
    });
  const longest = Math.max(0, ...methods.map(({ label }) => label.length));
  return renderChart(
    { id, title: "Accuracy by method with 95 % intervals", description: describe(methods) },
    {
      width,
      height,
      marginTop: 32,
      marginLeft: Math.min(260, 20 + 7 * longest),
      marginRight: 44,
      marginBottom: 42,
      x: { label: "test questions answered rightly, % →", grid: true, nice: true, labelAnchor: "right" },
      y: { label: null, domain: methods.map(({ label }) => label), tickSize: 0, padding: 0.7 },
      marks: [
        ...(baseline === null || baseline === undefined
          ? []
          : [
              Plot.ruleX([100 * baseline], {
                stroke: lightOf("target"),
                strokeDasharray: "4,4",
                className: classOf("target", "line"),
              }),
            ]),
        ...measures.flatMap(({ name, dy, symbol }) => [
          Plot.ruleY(points(name), {
            y: "label",
            x1: "low",
            x2: "high",
            dy,
            stroke: lightOf(name),
            strokeWidth: 2,
            className: classOf(name, "line"),
          }),
          Plot.dot(points(name), {
            x: "value",
            y: "label",
            dy,
            r: 4.5,
            symbol,
            stroke: lightOf(name),
            fill: lightOf(name),
            className: classOf(name, "dot"),
          }),
          Plot.text(points(name), {
            x: "high",
            y: "label",
            dy,
            dx: 8,
            textAnchor: "start",
            text: ({ value }: Point) => value.toFixed(1),
            fontVariant: "tabular-nums",
          }),
        ]),
      ],
    },
    [
      ...measures.map(
        ({ name, legend, symbol }): LegendItem => ({
          label: legend,
          className: classOf(name, "dot"),
          ...(symbol === "diamond" ? { diamond: true } : {}),
        }),
      ),
      ...(baseline === null || baseline === undefined
        ? []
        : [{ label: `${options.baseline}, greedy`, className: classOf("target", "line"), dash: "4,4" }]),
    ],
  );
}

const describe = (methods: readonly MethodAccuracy[]): string =>
  methods
    .map(
      ({ label, greedy, sampled }) =>
        `${label}: greedy ${withInterval(greedy)}, single samples ${withInterval(sampled)}.`,
    )
    .join(" ");

const withInterval = ({ value, interval }: Metric): string =>
  interval === null
    ? `${percent(value)} %`
    : `${percent(value)} % (${percent(interval.low)} to ${percent(interval.high)})`;
