import * as Plot from "@observablehq/plot";
import { type FamilyPlace, familyOrder, familyTitle, shadeOf } from "../report/family.ts";
import { stacked } from "./compose.ts";
import { classOf, familyColour, lightOf } from "./palette.ts";
import { renderChart } from "./svg.ts";
import type { ChartText } from "./text.ts";

/** One method under one seed. */
export interface FamilySeries {
  label: string;
  place: FamilyPlace;
  seed: number;
  points: readonly { step: number; value: number }[];
}

/** A row of panels: one measure of all methods. */
export interface FamilyRow {
  id: string;
  label: string;
  series: readonly FamilySeries[];
}

interface Point {
  family: string;
  run: string;
  step: number;
  value: number;
}

/** A line's dash, and the same in letters for the names above the panels. */
const dashes = [
  { dash: "", sign: "───" },
  { dash: "7,3", sign: "─ ─" },
  { dash: "2,3", sign: "····" },
  { dash: "10,3,2,3", sign: "─·─" },
  { dash: "4,2", sign: "╌╌╌" },
];
const lineHeight = 15;

/**
 * Small multiples: a column for each family of methods, a row for each measure with its own scale. A thin line is a
 * seed, a thick one the mean of the seeds.
 */
export function familiesChart(
  text: ChartText,
  rows: readonly FamilyRow[],
  { width = 720 }: { width?: number } = {},
): string {
  const drawn = rows.filter(({ series }) => series.some(({ points }) => points.length > 0));
  const all = drawn.flatMap(({ series }) => series);
  const domain = familyOrder.filter((family) => all.some(({ place }) => place.family === family));
  const names = [...new Map(all.map((one) => [one.label, one])).values()];
  const most = Math.max(0, ...domain.map((family) => members(names, family).length));
  return stacked(
    text,
    drawn.map((row, at) => [
      panels(row, {
        id: `${text.id}-${row.id}`,
        width,
        domain,
        names: at === 0 ? names : [],
        marginTop: at === 0 ? 34 + lineHeight * most : 14,
        isLast: at === drawn.length - 1,
      }),
    ]),
  );
}

const members = (names: readonly FamilySeries[], family: string): FamilySeries[] =>
  names.filter(({ place }) => place.family === family).sort((a, b) => a.place.at - b.place.at);

function panels(
  { label, series }: FamilyRow,
  options: {
    id: string;
    width: number;
    domain: FamilySeries["place"]["family"][];
    names: FamilySeries[];
    marginTop: number;
    isLast: boolean;
  },
): string {
  const { id, width, domain, names, marginTop, isLast } = options;
  const marginBottom = isLast ? 40 : 22;
  return renderChart(
    { id, title: label, description: `${label}, by optimizer step.` },
    {
      width,
      height: marginTop + marginBottom + 130,
      marginTop,
      marginLeft: 60,
      marginRight: 8,
      marginBottom,
      x: { label: isLast ? "optimizer step →" : null, nice: false, ticks: 3 },
      y: {
        label,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 54,
        grid: true,
        nice: true,
        ticks: 4,
        ...domainOfFlat(series),
      },
      fx: { axis: null, padding: 0.14, domain },
      marks: [
        Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
        ...groupedBy(series, ({ label }) => label).flatMap(lines),
        ...domain.flatMap((family) => [
          ...(names.length === 0
            ? []
            : [
                Plot.text([{ family }], {
                  fx: "family",
                  text: () => familyTitle(family),
                  frameAnchor: "top-left",
                  dy: 16 - marginTop,
                  fontWeight: 650,
                  fontSize: 13,
                }),
              ]),
          ...members(names, family).map((one, at) => {
            const colour = colourOf(one);
            return Plot.text([{ family }], {
              fx: "family",
              text: () => `${dashOf(one).sign} ${one.label}`,
              frameAnchor: "top-left",
              dy: 33 - marginTop + lineHeight * at,
              fill: lightOf(colour),
              className: classOf(colour, "fill"),
            });
          }),
        ]),
      ],
    },
  );
}

/** A row in which all values are the same has no scale of its own. */
function domainOfFlat(series: readonly FamilySeries[]): { domain?: [number, number] } {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * Math.abs(low) || 1;
  return high - low > 1e-6 * Math.abs(low) ? {} : { domain: [low - room, low + room] };
}

const colourOf = ({ place }: FamilySeries) => familyColour(place.family, shadeOf(place.at));
const dashOf = ({ place }: FamilySeries) => dashes[place.at % dashes.length]!;

function lines(series: readonly FamilySeries[]) {
  const first = series[0]!;
  const { family } = first.place;
  const colour = colourOf(first);
  const style = (strokeWidth: number, strokeOpacity: number) => ({
    x: "step",
    y: "value",
    z: "run",
    fx: "family",
    stroke: lightOf(colour),
    strokeWidth,
    strokeOpacity,
    strokeDasharray: dashOf(first).dash,
    className: classOf(colour, "line"),
  });
  const seeds = series.flatMap(({ seed, points }): Point[] =>
    points.map((point) => ({ family, run: String(seed), ...point })),
  );
  if (series.length === 1) return [Plot.lineY(seeds, style(2.2, 1))];
  const mean = meanOf(series).map((point): Point => ({ family, run: "mean", ...point }));
  return [Plot.lineY(seeds, { ...style(1, 0.4), strokeDasharray: "" }), Plot.lineY(mean, style(2.4, 1))];
}

/** At the steps that every seed has: elsewhere the mean would be of others. */
function meanOf(series: readonly FamilySeries[]): { step: number; value: number }[] {
  const points = groupedBy(
    series.flatMap((one) => one.points),
    ({ step }) => step,
  );
  return points
    .filter((same) => same.length === series.length)
    .map((same) => ({
      step: same[0]!.step,
      value: same.reduce((sum, { value }) => sum + value, 0) / same.length,
    }))
    .sort((a, b) => a.step - b.step);
}

function groupedBy<T>(all: readonly T[], key: (one: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
