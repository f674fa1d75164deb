import * as Plot from "@observablehq/plot";
import type { FamilyPlace } from "../report/family.ts";
import { percent } from "../report/format.ts";
import { type CurveName, curveNames, type SelfConsistency } from "../report/selfConsistency.ts";
import { gridOf } from "./panel-grid.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";
import { type LegendItem, renderChart } from "./svg.ts";

/** What one method makes of ever more samples. */
export interface ConsistencyCurves {
  label: string;
  place?: FamilyPlace | undefined;
  curves: SelfConsistency["methods"][number]["curves"];
  /** Greedy accuracy: a level. */
  greedy: number | null;
}

const looks: Record<CurveName, { colour: ColourName; legend: string; dash?: string }> = {
  majority: { colour: "positive", legend: "vote (maj@j)" },
  best: { colour: "boundary", legend: "best-scored of j", dash: "7,3" },
  pass: { colour: "sampled", legend: "any of j (pass@j)", dash: "2,3" },
};

interface Point {
  label: string;
  size: number;
  value: number;
  low: number;
  high: number;
}

/** Accuracy by the number of samples a question, with bands of 95 %, one panel a method; dashed: greedy decoding. */
export function consistencyChart(
  methods: readonly ConsistencyCurves[],
  options: { id?: string; width?: number } = {},
): string {
  const { id = "consistency", width = 720 } = options;
  const { rows, at } = gridOf(methods, { few: 3, many: 3 });
  const fx = ({ label }: { label: string }) => at.get(label)![0];
  const fy = ({ label }: { label: string }) => at.get(label)![1];
  const shown = curveNames.filter((name) => methods.some(({ curves }) => curves[name].length > 0));
  const most = Math.max(2, ...methods.flatMap(({ curves }) => curves.pass.map(({ size }) => size)));
  const points = (name: CurveName): Point[] =>
    methods.flatMap(({ label, curves }) =>
      curves[name].map(({ size, value, interval }) => ({
        label,
        size,
        value: 100 * value!,
        low: 100 * (interval?.low ?? value!),
        high: 100 * (interval?.high ?? value!),
      })),
    );
  const greedy = methods.filter((method) => method.greedy !== null);
  return renderChart(
    { id, title: "Accuracy by the number of samples", description: describe(methods) },
    {
      width,
      height: 92 + 160 * rows,
      marginTop: 56,
      marginLeft: 52,
      marginRight: 8,
      marginBottom: 44,
      x: {
        label: "j, samples a question →",
        labelAnchor: "center",
        domain: [1, most],
        ...(most <= 8
          ? { ticks: Array.from({ length: most }, (_, n) => n + 1), tickFormat: "d" }
          : { ticks: 4 }),
      },
      y: {
        label: "right, %",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 46,
        grid: true,
        ticks: 5,
        nice: true,
      },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.22 },
      marks: [
        Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
        Plot.ruleY(greedy, {
          y: ({ greedy: share }: ConsistencyCurves) => 100 * share!,
          fx,
          fy,
          stroke: lightOf("target"),
          strokeDasharray: "5,5",
          className: classOf("target", "line"),
        }),
        ...shown.map((name) =>
          Plot.areaY(points(name), {
            x: "size",
            y1: "low",
            y2: "high",
            z: "label",
            fx,
            fy,
            fill: lightOf(looks[name].colour),
            fillOpacity: 0.13,
            className: classOf(looks[name].colour, "fill"),
          }),
        ),
        ...shown.map((name) =>
          Plot.lineY(points(name), {
            x: "size",
            y: "value",
            z: "label",
            fx,
            fy,
            stroke: lightOf(looks[name].colour),
            strokeWidth: 2,
            ...(looks[name].dash === undefined ? {} : { strokeDasharray: looks[name].dash }),
            className: classOf(looks[name].colour, "line"),
          }),
        ),
        Plot.text(
          methods.map(({ label }) => ({ label })),
          { text: "label", fx, fy, frameAnchor: "top-left", dy: -18, fontWeight: 600 },
        ),
      ],
    },
    [
      ...shown.map((name): LegendItem => {
        const { colour, legend, dash } = looks[name];
        return { label: legend, className: classOf(colour, "line"), ...(dash === undefined ? {} : { dash }) };
      }),
      { label: "greedy", className: classOf("target", "line"), dash: "5,5" },
    ],
  );
}

const describe = (methods: readonly ConsistencyCurves[]): string =>
  methods
    .map(({ label, curves, greedy }) => {
      const ends = curveNames.flatMap((name) => {
        const [first, last] = [curves[name][0], curves[name].at(-1)];
        return first === undefined || last === undefined
          ? []
          : [
              `${looks[name].legend} ${percent(first.value)} % with ${first.size}, ${percent(last.value)} % with ${last.size}`,
            ];
      });
      return `${label}: ${ends.join("; ")}; greedy ${percent(greedy)} %.`;
    })
    .join(" ");
