import * as Plot from "@observablehq/plot";
import { defined } from "../../core/defined.ts";
import { percent } from "../format.ts";
import type { SelfConsistency } from "../generated/report.ts";
import type { FamilyPlace } from "./family-places.ts";
import { lineItem } from "./legend.ts";
import { areaPaint, linePaint, sideAxis, withEnds } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import type { ColourName } from "./palette.ts";
import { panelsOf } from "./panel-grid.ts";
import { renderChart } from "./svg.ts";

/** What one method makes of ever more samples. */
export interface ConsistencyCurves {
  label: string;
  place?: FamilyPlace | undefined;
  curves: SelfConsistency["methods"][number]["curves"];
  /** Greedy accuracy: a level. */
  greedy: number | null;
}

type CurveName = keyof ConsistencyCurves["curves"];

const styles: Record<CurveName, { colour: ColourName; legend: string; dash?: string }> = {
  majority: { colour: "positive", legend: "vote (maj@j)" },
  best: { colour: "boundary", legend: "best-scored of j", dash: "7,3" },
  pass: { colour: "sampled", legend: "any of j (pass@j)", dash: "2,3" },
};

const curveNames = Object.keys(styles) as CurveName[];

/** Accuracy by the number of samples a question, with bands of 95 %, one panel a method; dashed: greedy decoding. */
export function consistencyChart(
  methods: readonly ConsistencyCurves[],
  { id = "consistency", width }: ChartOptions = {},
): string {
  const panels = panelsOf(methods, { gap: 0.22 });
  const most = Math.max(2, ...methods.flatMap(({ curves }) => curves.pass.map(({ size }) => size)));
  const drawn = curveNames
    .filter((name) => methods.some(({ curves }) => curves[name].length > 0))
    .map((name) => ({
      ...styles[name],
      points: methods.flatMap(({ label, curves }) =>
        curves[name].map(({ size, value, interval }) => ({ label, size, ...withEnds(value!, interval) })),
      ),
    }));
  const at = { x: "size", z: "label", ...panels.facets };
  return renderChart({
    text: { id, title: "Accuracy by the number of samples", description: describe(methods) },
    width,
    height: 92 + 160 * panels.rows,
    margins: { top: 56, right: 8, bottom: 44, left: 52 },
    x: {
      label: "j, samples a question →",
      labelAnchor: "center",
      domain: [1, most],
      ...(most <= 8
        ? { ticks: Array.from({ length: most }, (_, n) => n + 1), tickFormat: "d" }
        : { ticks: 4 }),
    },
    y: { ...sideAxis("right, %", 46), nice: true },
    ...panels.scales,
    marks: [
      panels.frame,
      Plot.ruleY(
        methods.filter(({ greedy }) => greedy !== null),
        {
          y: ({ greedy }: ConsistencyCurves) => 100 * greedy!,
          ...panels.facets,
          ...linePaint("target"),
          strokeDasharray: "5,5",
        },
      ),
      ...drawn.map(({ points, colour }) =>
        Plot.areaY(points, { ...at, y1: "low", y2: "high", ...areaPaint(colour), fillOpacity: 0.13 }),
      ),
      ...drawn.map(({ points, colour, dash }) =>
        Plot.lineY(points, {
          ...at,
          y: "value",
          ...linePaint(colour),
          strokeWidth: 2,
          ...defined({ strokeDasharray: dash }),
        }),
      ),
      panels.titles,
    ],
    legend: [
      ...drawn.map(({ colour, legend, dash }) => lineItem(legend, colour, dash)),
      lineItem("greedy", "target", "5,5"),
    ],
  });
}

const describe = (methods: readonly ConsistencyCurves[]): string =>
  methods
    .map(({ label, curves, greedy }) => {
      const ends = curveNames.flatMap((name) => {
        const [first, last] = [curves[name][0], curves[name].at(-1)];
        return first === undefined || last === undefined
          ? []
          : [
              `${styles[name].legend} ${percent(first.value)} % with ${first.size}, ${percent(last.value)} % with ${last.size}`,
            ];
      });
      return `${label}: ${ends.join("; ")}; greedy ${percent(greedy)} %.`;
    })
    .join(" ");
