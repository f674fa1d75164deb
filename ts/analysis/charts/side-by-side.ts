import * as Plot from "@observablehq/plot";
import { lineItem } from "./legend.ts";
import { linePaint, sideAxis } from "./marks.ts";
import type { ChartOptions, ChartText } from "./options.ts";
import { renderChart, stacked } from "./svg.ts";

/** Two things by optimizer step over each other; several series of one side are its seeds. */
export interface SideSeries {
  side: "a" | "b";
  seed: number;
  points: readonly { step: number; value: number }[];
}

export interface SidesRow {
  id: string;
  label: string;
  series: readonly SideSeries[];
}

const sides = [
  { side: "a", colour: "positive", dash: undefined },
  { side: "b", colour: "negative", dash: "6,3" },
] as const;

/**
 * A row of its own scale for each measure.
 * @param names of the two sides
 */
export function sidesChart(
  text: ChartText,
  rows: readonly SidesRow[],
  names: Readonly<Record<"a" | "b", string>>,
  { width }: Pick<ChartOptions, "width"> = {},
): string {
  const drawn = rows.filter(({ series }) => series.some(({ points }) => points.length > 0));
  return stacked(
    text,
    drawn.map(({ id, label, series }, at) => {
      const top = at === 0 ? 40 : 14;
      const bottom = at === drawn.length - 1 ? 40 : 22;
      return [
        renderChart({
          text: { id: `${text.id}-${id}`, title: label, description: `${label}, by optimizer step.` },
          width,
          height: top + bottom + 130,
          margins: { top, right: 16, bottom, left: 60 },
          x: { label: at === drawn.length - 1 ? "optimizer step →" : null, nice: false, ticks: 5 },
          y: { ...sideAxis(label, 54), nice: true, ticks: 4 },
          marks: sides.map(({ side, colour, dash }) =>
            Plot.lineY(
              series
                .filter((one) => one.side === side)
                .flatMap(({ seed, points }) => points.map((point) => ({ run: String(seed), ...point }))),
              {
                ...{ x: "step", y: "value", z: "run", ...linePaint(colour), strokeWidth: 1.8 },
                ...(dash === undefined ? {} : { strokeDasharray: dash }),
              },
            ),
          ),
          legend: at === 0 ? sides.map(({ side, colour, dash }) => lineItem(names[side], colour, dash)) : [],
        }),
      ];
    }),
  );
}
