import { familyPlaces } from "../../charts/family-places.ts";
import { type SweepRow, type SweepSeries, sweepChart } from "../../charts/sweep.ts";
import { type Block, type Content, chart, table } from "../../document/blocks.ts";
import { plural } from "../../format.ts";
import { type AxisValue, rowsAcross, type SweepAxis } from "../axes.ts";
import { completeCells, isBalanced, marginals, meanOfAll } from "../marginals.ts";
import { format, type Measure, metricOf } from "../measures.ts";
import { methodIn, type SweepNumbers } from "../numbers.ts";
import type { CellResult } from "../results.ts";

/** With more settings of the other axes than this, their mean is drawn: small charts without end say nothing. */
const mostRows = 6;

/** What each setting does: a chart an axis, and the mean over the others. */
export const effects = (sweep: SweepNumbers): Content =>
  sweep.measures.length > 0 &&
  sweep.axes.map((axis, at) => [axisChart(sweep, axis, `sweep-${at + 1}`), marginalTable(sweep, axis)]);

function axisChart(sweep: SweepNumbers, axis: SweepAxis, id: string): Block {
  const { axes, done, results, best } = sweep;
  const across = rowsAcross(axis, axes, done);
  const isMean = across.length > mostRows;
  const rows = isMean
    ? [rowOf(sweep, axis, "", meanIn(completeCells(sweep, axis)))]
    : across.map(({ text, cells }) => rowOf(sweep, axis, text, measuredIn(cells)));
  const about = axis.keys.length === 1 ? results.about[axis.keys[0]!] : undefined;
  return chart({
    title: `${axis.keys.join(", ")}${about === undefined ? "" : ` – ${about}`}`,
    caption: caption(axis, rows.length, isMean),
    svg: sweepChart({ id, title: `What ${axis.name} does`, description: describe(sweep, axis) }, rows, {
      axis: axis.name,
      values: axis.values.map(({ text }) => text),
      joined: axis.isNumeric,
      followed: best?.label,
    }),
    file: id,
    isWide: true,
  });
}

const caption = (axis: SweepAxis, rows: number, isMean: boolean): string =>
  [
    `From left to right the values of ${axis.name}, at equal distances; each line is a method, each column a measure with one scale${rows > 1 ? " in all rows, each row one setting of what else varies" : ""}.`,
    isMean
      ? "Points are means over the settings of what else varies that are done with every value; they have no interval."
      : "Bars are 95 % intervals.",
    "A method that does not use the setting stays level.",
    "Perplexity is exp(−mean log-probability a token) of right solutions: where it rises, good text has become unlikely.",
  ].join(" ");

/** What is drawn of a method at a value of the axis. */
type PointOf = (method: string, measure: Measure, value: AxisValue) => SweepSeries["points"][number];

/** Its number in the one of these cells that has the value. */
const measuredIn =
  (cells: ReadonlySet<CellResult>): PointOf =>
  (method, { name }, value) => {
    const cell = value.cells.find((candidate) => cells.has(candidate));
    return (cell && methodIn(cell, method)?.metrics[name]) ?? { value: null };
  };

/** Over the settings of the other axes that are there with every value: else the means would be of different cells. */
const meanIn =
  (complete: ReadonlySet<CellResult>): PointOf =>
  (method, measure, value) => {
    const cells = value.cells.filter((cell) => complete.has(cell));
    return { value: meanOfAll(cells.map((cell) => metricOf(methodIn(cell, method), measure))) };
  };

/** A panel a measure, each with all methods along the axis. */
function rowOf(
  { methods, measures }: SweepNumbers,
  axis: SweepAxis,
  text: string,
  pointOf: PointOf,
): SweepRow {
  const places = familyPlaces(methods);
  return {
    text,
    panels: measures.map((measure) => ({
      measure: measure.label,
      scale: measure.isShare ? 100 : 1,
      series: methods.map(({ name, label }) => ({
        label,
        place: places.get(name)!,
        points: axis.values.map((value) => pointOf(name, measure, value)),
      })),
    })),
  };
}

/** In words, for those who cannot see the chart: the followed method. */
function describe(sweep: SweepNumbers, axis: SweepAxis): string {
  const { axes, best, measures } = sweep;
  if (best === undefined || !isBalanced(axis, axes)) return `By ${axis.name}.`;
  const averaged = axes.length > 1 ? ", mean over what else varies" : "";
  return measures
    .map((measure) => {
      const means = marginals(sweep, axis, measure).map(
        ({ text, mean }) => `${format(measure, mean)} with ${text}`,
      );
      return `${best.label}, ${measure.words}${averaged}: ${means.join(", ")}.`;
    })
    .join(" ");
}

function marginalTable(sweep: SweepNumbers, axis: SweepAxis): Content {
  const { axes, best, measures } = sweep;
  if (best === undefined || axes.length < 2 || !isBalanced(axis, axes)) return null;
  const columns = measures.map((measure) => marginals(sweep, axis, measure));
  const cells = plural(axis.values[0]!.cells.length, "cell");
  return table({
    label: `Means by ${axis.name}`,
    caption: `${best.label} by ${axis.name}: each number is a mean over the ${cells} that have the value`,
    columns: [axis.name, ...measures.map(({ label }) => label)],
    rows: axis.values.map(({ text }, value) => ({
      head: text,
      cells: measures.map((measure, column) => format(measure, columns[column]![value]!.mean)),
    })),
  });
}
