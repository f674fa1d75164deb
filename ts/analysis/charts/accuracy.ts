import * as Plot from "@observablehq/plot";
import { percent } from "../format.ts";
import type { Metric } from "../generated/report.ts";
import { type FamilyPlace, familyOrder, familyTitle } from "./family-places.ts";
import { type LegendItem, lineItem } from "./legend.ts";
import { dotPaint, linePaint, withEnds } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import { renderChart } from "./svg.ts";

/** One method's greedy and sampled accuracy, with intervals. */
export interface MethodAccuracy {
  label: string;
  place?: FamilyPlace | undefined;
  greedy: Metric;
  sampled: Metric;
}

const measures = [
  { name: "greedy", dy: -8, close: -5, symbol: "circle", legend: "greedy", mark: "dot" },
  { name: "sampled", dy: 9, close: 6, symbol: "diamond", legend: "single samples", mark: "diamond" },
] as const;

type Point = { label: string } & ReturnType<typeof withEnds>;

/** With more methods than this, they stand by family, closer to each other. */
const fewMethods = 8;

/** The rows from above: methods, and between families of many methods the family's name. */
function rowsOf(methods: readonly MethodAccuracy[]): { rows: string[]; titles: string[] } {
  if (methods.length <= fewMethods) return { rows: methods.map(({ label }) => label), titles: [] };
  const families = [...familyOrder]
    .sort((a, b) => Number(b === "baseline") - Number(a === "baseline"))
    .map((family) => ({
      // The space keeps a family apart from a method of the same name.
      title: `${familyTitle(family).toUpperCase()} `,
      labels: methods.filter(({ place }) => place?.family === family).map(({ label }) => label),
    }))
    .filter(({ labels }) => labels.length > 0);
  const placeless = methods.filter(({ place }) => place === undefined).map(({ label }) => label);
  return {
    rows: [...families.flatMap(({ title, labels }) => [title, ...labels]), ...placeless],
    titles: families.map(({ title }) => title),
  };
}

/** Accuracy by method with 95 % intervals; the dashed line is the baseline's greedy accuracy. */
export function accuracyChart(
  methods: readonly MethodAccuracy[],
  options: ChartOptions & { leastHeight?: number; baseline?: string | undefined } = {},
): string {
  const { id = "accuracy", width, leastHeight = 0, baseline } = options;
  const { rows, titles } = rowsOf(methods);
  const isMany = titles.length > 0;
  const levels = methods.flatMap(({ label, greedy }) =>
    label === baseline && greedy.value !== null ? [100 * greedy.value] : [],
  );
  const points = (name: "greedy" | "sampled"): Point[] =>
    methods.flatMap(({ label, [name]: { value, interval } }) =>
      value === null ? [] : [{ label, ...withEnds(value, interval) }],
    );
  const longest = Math.max(0, ...methods.map(({ label }) => label.length));
  const left = Math.min(260, 20 + 7 * longest);
  const level = { ...linePaint("target"), strokeDasharray: "4,4" };
  return renderChart({
    text: { id, title: "Accuracy by method with 95 % intervals", description: describe(methods) },
    width,
    height: Math.max(leastHeight, 78 + (isMany ? 27 : 46) * Math.max(1, rows.length)),
    margins: { top: 32, right: 44, bottom: 42, left },
    x: { label: "questions answered rightly, % →", grid: true, nice: true, labelAnchor: "right" },
    y: {
      label: null,
      domain: rows,
      tickSize: 0,
      tickFormat: (row: string) => (titles.includes(row) ? "" : row),
      padding: 0.7,
    },
    marks: [
      ...levels.map((value) => Plot.ruleX([value], level)),
      Plot.text(titles, {
        y: (title: string) => title,
        text: (title: string) => title.trim(),
        frameAnchor: "left",
        textAnchor: "start",
        dx: 4 - left,
        dy: 4,
        fontWeight: 650,
        fillOpacity: 0.75,
      }),
      ...measures.flatMap(({ name, symbol, close, dy: apart }) => {
        const at = { y: "label", dy: isMany ? close : apart };
        return [
          Plot.ruleY(points(name), { ...at, x1: "low", x2: "high", ...linePaint(name), strokeWidth: 2 }),
          Plot.dot(points(name), { ...at, x: "value", r: isMany ? 3.5 : 4.5, symbol, ...dotPaint(name) }),
          Plot.text(points(name), {
            ...at,
            x: "high",
            dx: 8,
            textAnchor: "start",
            text: ({ value }: Point) => value.toFixed(1),
            fontVariant: "tabular-nums",
            ...(isMany ? { fontSize: 10 } : {}),
          }),
        ];
      }),
    ],
    legend: [
      ...measures.map(({ name, legend, mark }): LegendItem => ({ label: legend, colour: name, mark })),
      ...levels.map(() => lineItem(`${baseline}, greedy`, "target", "4,4")),
    ],
  });
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
