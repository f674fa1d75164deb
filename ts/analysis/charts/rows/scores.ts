import { decimal, percent } from "../../format.ts";
import { quantile } from "../../statistics/bootstrap.ts";
import { type DensityPoint, density } from "../density.ts";
import { lineItem } from "../legend.ts";
import type { ChartText } from "../options.ts";
import { classOf, lightOf } from "../palette.ts";
import { type MethodScores, meanOf } from "../scores.ts";
import { type Row, type RowPlace, rowsChart } from "./frame.ts";

const sides = ["positive", "negative"] as const;

/** Of the scores, so many lie left of the chart: it would else be mostly empty. */
const hiddenShare = 0.01;

/** The scores of right and of wrong COTs, two hills a row, each row drawn to its own height. */
export function scoreRows(
  methods: readonly (MethodScores & { key: string })[],
  { id, title }: Pick<ChartText, "id" | "title">,
): string {
  const scores = Float64Array.from(
    methods.flatMap(({ positive, negative }) => [...positive, ...negative]),
  ).sort();
  const low = scores.length === 0 ? -1 : Math.min(quantile(scores, hiddenShare), -1e-6);
  return rowsChart({
    text: { id, title, description: methods.map((method) => `${method.label}: ${tipOf(method)}.`).join(" ") },
    axis: { low, high: 0, label: "score: mean log-probability a token" },
    legend: [
      { label: "right COTs", colour: "positive", mark: "area" },
      { label: "wrong COTs", colour: "negative", mark: "area" },
      ...(methods.some(({ boundary }) => boundary !== undefined)
        ? [lineItem("boundary", "boundary", "2,3")]
        : []),
    ],
    rows: methods.map(
      (method): Row => ({
        key: method.key,
        label: method.label,
        number: method.assessmentAccuracy === null ? "" : percent(method.assessmentAccuracy),
        tip: tipOf(method),
        draw: (place) => hills(method, low, place),
      }),
    ),
  });
}

function hills(method: MethodScores, low: number, { x, middle, height }: RowPlace): string {
  const curves = sides.map((side) => ({
    side,
    curve: density(method[side], low, 0),
    mean: meanOfAny(method[side]),
  }));
  const highest = Math.max(...curves.flatMap(({ curve }) => curve.map((point) => point.density)), 1e-9);
  const floor = middle + height / 2 - 1;
  const y = (of: number): number => floor - (of / highest) * (height - 4);
  const path = (curve: readonly DensityPoint[]): string =>
    curve.map((point) => `${x(point.x).toFixed(1)},${y(point.density).toFixed(1)}`).join("L");
  const areas = curves
    .filter(({ curve }) => curve.length > 0)
    .map(
      ({ side, curve }) =>
        `<path class="${classOf(side, "fill")}" fill="${lightOf(side)}" fill-opacity="0.3" d="M${x(low).toFixed(1)},${floor.toFixed(1)}L${path(curve)}L${x(0).toFixed(1)},${floor.toFixed(1)}Z"/><path class="${classOf(side, "line")}" stroke="${lightOf(side)}" stroke-width="1.5" fill="none" d="M${path(curve)}"/>`,
    );
  const upright = (at: number, name: "positive" | "negative" | "boundary", dash = ""): string =>
    at < low
      ? ""
      : `<line class="${classOf(name, "line")}" stroke="${lightOf(name)}" stroke-width="1.6" x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${(floor - (height - 4)).toFixed(1)}" y2="${floor.toFixed(1)}"${dash}/>`;
  const means = curves.flatMap(({ side, mean }) =>
    mean === undefined ? [] : [upright(mean, side, ' stroke-opacity="0.75"')],
  );
  const boundary =
    method.boundary === undefined ? "" : upright(method.boundary, "boundary", ' stroke-dasharray="2,3"');
  return [...areas, ...means, boundary].join("");
}

const meanOfAny = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : meanOf(values);

const tipOf = ({ positive, negative, assessmentAccuracy }: MethodScores): string =>
  [
    `right ${decimal(meanOfAny(positive))}`,
    `wrong ${decimal(meanOfAny(negative))}`,
    ...(assessmentAccuracy === null ? [] : [`assessed rightly ${percent(assessmentAccuracy)} %`]),
    `n ${positive.length + negative.length}`,
  ].join(", ");
