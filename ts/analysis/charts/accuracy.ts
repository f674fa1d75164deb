import * as Plot from "@observablehq/plot";
import { type FamilyPlace, familyOrder, familyTitle } from "../report/family.ts";
import { percent } from "../report/format.ts";
import type { Metric } from "../report/schema.ts";
import { classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";

/** One method's greedy and sampled accuracy, with intervals. */
export interface MethodAccuracy {
  label: string;
  place?: FamilyPlace | undefined;
  greedy: Metric;
  sampled: Metric;
}

const measures = [
  { name: "greedy", dy: -8, close: -5, symbol: "circle", legend: "greedy" },
  { name: "sampled", dy: 9, close: 6, symbol: "diamond", legend: "single samples" },
] as const;

interface Point {
  label: string;
  value: number;
  low: number;
  high: number;
}

/** With more methods than this, they stand by family, closer to each other. */
const fewMethods = 8;

/** The rows from above: methods, and between families of many methods the family's name. */
function rowsOf(methods: readonly MethodAccuracy[]): { rows: string[]; titles: string[] } {
  if (methods.length <= fewMethods) return { rows: methods.map(({ label }) => label), titles: [] };
  const parts = [...familyOrder]
    .sort((a, b) => Number(b === "baseline") - Number(a === "baseline"))
    .map((family) => ({
      title: familyTitle(family).toUpperCase(),
      labels: methods.filter(({ place }) => place?.family === family).map(({ label }) => label),
    }))
    .filter(({ labels }) => labels.length > 0);
  const others = methods.filter(({ place }) => place === undefined).map(({ label }) => label);
  return {
    // The space keeps a family apart from a method of the same name.
    rows: [...parts.flatMap(({ title, labels }) => [`${title} `, ...labels]), ...others],
    titles: parts.map(({ title }) => `${title} `),
  };
}

/** Accuracy by method with 95 % intervals; the dashed line is the baseline's greedy accuracy. */
export function accuracyChart(
  methods: readonly MethodAccuracy[],
  options: { id?: string; width?: number; leastHeight?: number; baseline?: string | undefined } = {},
): string {
  const { rows, titles } = rowsOf(methods);
  const isMany = titles.length > 0;
  const { id = "accuracy", width = 720, leastHeight = 0 } = options;
  const rowHeight = isMany ? 27 : 46;
  const height = Math.max(leastHeight, 78 + rowHeight * Math.max(1, rows.length));
  const baseline = methods.find(({ label }) => label === options.baseline)?.greedy.value;
  const points = (name: "greedy" | "sampled"): Point[] =>
    methods.flatMap(({ label, [name]: metric }) => {
      if (metric.value === null) return [];
      const { low, high } = metric.interval ?? { low: metric.value, high: metric.value };
      return [{ label, value: 100 * metric.value, low: 100 * low, high: 100 * high }];
    });
  const longest = Math.max(0, ...methods.map(({ label }) => label.length));
  const marginLeft = Math.min(260, 20 + 7 * longest);
  return renderChart(
    { id, title: "Accuracy by method with 95 % intervals", description: describe(methods) },
    {
      width,
      height,
      marginTop: 32,
      marginLeft,
      marginRight: 44,
      marginBottom: 42,
      x: { label: "questions answered rightly, % →", grid: true, nice: true, labelAnchor: "right" },
      y: {
        label: null,
        domain: rows,
        tickSize: 0,
        tickFormat: (row: string) => (titles.includes(row) ? "" : row),
        padding: 0.7,
      },
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
        Plot.text(titles, {
          y: (title: string) => title,
          text: (title: string) => title.trim(),
          frameAnchor: "left",
          textAnchor: "start",
          dx: 4 - marginLeft,
          dy: 4,
          fontWeight: 650,
          fillOpacity: 0.75,
        }),
        ...measures.flatMap(({ name, symbol, ...offset }) => {
          const dy = isMany ? offset.close : offset.dy;
          return [
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
              r: isMany ? 3.5 : 4.5,
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
              ...(isMany ? { fontSize: 10 } : {}),
            }),
          ];
        }),
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
