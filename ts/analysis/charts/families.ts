import * as Plot from "@observablehq/plot";
import { type FamilyName, type FamilyPlace, familyOrder, familyTitle } from "./family-places.ts";
import { areaPaint, frame, linePaint, lineStyleAt, sideAxis } from "./marks.ts";
import type { ChartOptions, ChartText } from "./options.ts";
import { colourOf } from "./palette.ts";
import { renderChart, stacked } from "./svg.ts";

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

const lineHeight = 15;

/**
 * Small multiples: a column for each family of methods, a row for each measure with its own scale. A thin line is a
 * seed, a thick one the mean of the seeds.
 */
export function familiesChart(
  text: ChartText,
  rows: readonly FamilyRow[],
  { width }: Pick<ChartOptions, "width"> = {},
): string {
  const drawn = rows.filter(({ series }) => series.some(({ points }) => points.length > 0));
  const series = drawn.flatMap((row) => row.series);
  const families = familyOrder.filter((family) => series.some(({ place }) => place.family === family));
  const methods = [...new Map(series.map((method) => [method.label, method])).values()];
  const most = Math.max(0, ...families.map((family) => members(methods, family).length));
  const firstTop = 34 + lineHeight * most;
  return stacked(
    text,
    drawn.map((row, at) => [
      panels(row, {
        id: `${text.id}-${row.id}`,
        width,
        families,
        marginTop: at === 0 ? firstTop : 14,
        titles: at === 0 ? titlesOf(methods, families, firstTop) : [],
        isLast: at === drawn.length - 1,
      }),
    ]),
  );
}

const members = (methods: readonly FamilySeries[], family: FamilyName): FamilySeries[] =>
  methods.filter(({ place }) => place.family === family).sort((a, b) => a.place.at - b.place.at);

function panels(
  { label, series }: FamilyRow,
  options: {
    id: string;
    width: number | undefined;
    families: FamilyName[];
    marginTop: number;
    titles: Plot.Markish[];
    isLast: boolean;
  },
): string {
  const { id, width, families, marginTop, titles, isLast } = options;
  const marginBottom = isLast ? 40 : 22;
  return renderChart({
    text: { id, title: label, description: `${label}, by optimizer step.` },
    width,
    height: marginTop + marginBottom + 130,
    margins: { top: marginTop, right: 8, bottom: marginBottom, left: 60 },
    x: { label: isLast ? "optimizer step →" : null, nice: false, ticks: 3 },
    y: { ...sideAxis(label, 54), nice: true, ticks: 4, ...domainOfFlat(series) },
    fx: { axis: null, padding: 0.14, domain: families },
    marks: [frame(), ...groupedBy(series, ({ label: method }) => method).flatMap(lines), ...titles],
  });
}

/** Above each column the family's name and its methods. */
const titlesOf = (methods: readonly FamilySeries[], families: readonly FamilyName[], marginTop: number) =>
  families.flatMap((family) => {
    const text = { fx: "family", frameAnchor: "top-left" } as const;
    return [
      Plot.text([{ family }], {
        ...text,
        text: () => familyTitle(family),
        dy: 16 - marginTop,
        fontWeight: 650,
        fontSize: 13,
      }),
      ...members(methods, family).map((method, at) =>
        Plot.text([{ family }], {
          ...text,
          text: () => `${lineStyleAt(method.place.at).sign} ${method.label}`,
          dy: 33 - marginTop + lineHeight * at,
          ...areaPaint(colourOf(method), method.place),
        }),
      ),
    ];
  });

/** A row in which all values are the same has no scale of its own. */
function domainOfFlat(series: readonly FamilySeries[]): { domain?: [number, number] } {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * Math.abs(low) || 1;
  return high - low > 1e-6 * Math.abs(low) ? {} : { domain: [low - room, low + room] };
}

/** One method: its seeds, and the mean of several. */
function lines(seeds: readonly FamilySeries[]) {
  const first = seeds[0]!;
  const { family } = first.place;
  const style = (strokeWidth: number, strokeOpacity: number) => ({
    x: "step",
    y: "value",
    z: "run",
    fx: "family",
    ...linePaint(colourOf(first), first.place),
    title: () => first.label,
    strokeWidth,
    strokeOpacity,
    strokeDasharray: lineStyleAt(first.place.at).dash,
  });
  const drawn = seeds.flatMap(({ seed, points }): Point[] =>
    points.map((point) => ({ family, run: String(seed), ...point })),
  );
  if (seeds.length === 1) return [Plot.lineY(drawn, style(2.2, 1))];
  const mean = meanOf(seeds).map((point): Point => ({ family, run: "mean", ...point }));
  return [Plot.lineY(drawn, { ...style(1, 0.4), strokeDasharray: "" }), Plot.lineY(mean, style(2.4, 1))];
}

/** At the steps that every seed has: elsewhere the mean would be of others. */
const meanOf = (seeds: readonly FamilySeries[]): { step: number; value: number }[] =>
  groupedBy(
    seeds.flatMap(({ points }) => points),
    ({ step }) => step,
  )
    .filter((points) => points.length === seeds.length)
    .map((points) => ({
      step: points[0]!.step,
      value: points.reduce((sum, { value }) => sum + value, 0) / points.length,
    }))
    .sort((a, b) => a.step - b.step);

function groupedBy<T>(items: readonly T[], key: (item: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
