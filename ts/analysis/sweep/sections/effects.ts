import { type SweepRow, type SweepSeries, sweepChart } from "../../charts/sweep.ts";
import { html, type Markup } from "../../document/markup.ts";
import { familyPlaces } from "../../report/family.ts";
import { figure } from "../../report/figure.ts";
import { plural } from "../../report/format.ts";
import { scrolling } from "../../report/scrolling.ts";
import { rowsAcross, type SweepAxis } from "../axes.ts";
import type { SweepView } from "../data.ts";
import { completeCells, isBalanced, marginals } from "../marginal.ts";
import { format, type Measure } from "../measures.ts";
import type { CellResult } from "../results.ts";

/** With more settings of the other axes than this, their mean is drawn: small charts without end say nothing. */
const mostRows = 6;

/** What each setting does: a chart an axis, and the mean over the others. */
export function effectsSection(view: SweepView): Markup {
  if (view.axes.length === 0 || view.measures.length === 0) return html``;
  return html`<section aria-labelledby="effects">
<h2 id="effects">What each setting does</h2>
${view.axes.map((axis, at) => axisPart(view, axis, at))}
</section>`;
}

function axisPart(view: SweepView, axis: SweepAxis, at: number): Markup {
  const { axes, done, measures, results } = view;
  const across = rowsAcross(axis, axes, done);
  const isMean = across.length > mostRows;
  const rows: SweepRow[] = isMean
    ? [
        {
          text: "",
          panels: measures.map((measure) => ({
            measure: measure.label,
            series: meanSeries(view, axis, measure),
          })),
        },
      ]
    : across.map(({ text, cells }) => ({
        text,
        panels: measures.map((measure) => ({
          measure: measure.label,
          series: series(view, axis, measure, (cell) => cells.has(cell)),
        })),
      }));
  const about = axis.keys.length === 1 ? results.about[axis.keys[0]!] : undefined;
  const title = `${axis.keys.join(", ")}${about === undefined ? "" : ` – ${about}`}`;
  const chart = sweepChart(
    { id: `sweep-${at + 1}`, title: `What ${axis.name} does`, description: describe(view, axis) },
    rows,
    {
      axis: axis.name,
      values: axis.values.map(({ text }) => text),
      joined: axis.isNumeric,
      followed: view.followed?.label,
    },
  );
  return html`${figure(title, caption(axis, rows.length, isMean), chart)}
${marginalTable(view, axis)}`;
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

/** Each method's numbers along the axis, within some of the cells. */
function series(
  view: SweepView,
  { values }: SweepAxis,
  { name, isShare }: Measure,
  within: (cell: CellResult) => boolean,
): SweepSeries[] {
  const scale = isShare ? 100 : 1;
  return placed(view).map(({ method, label, place }) => ({
    label,
    place,
    points: values.map(({ cells }, at) => {
      const metric = cells.find(within)?.methods.find((one) => one.name === method)?.metrics[name];
      return {
        at,
        value: metric?.value == null ? null : scale * metric.value,
        ...(metric?.interval == null
          ? {}
          : { low: scale * metric.interval.low, high: scale * metric.interval.high }),
      };
    }),
  }));
}

/** Over the settings of the other axes that are there with every value: else the means would be of different cells. */
function meanSeries(view: SweepView, axis: SweepAxis, { name, isShare }: Measure): SweepSeries[] {
  const complete = completeCells(view, axis);
  return placed(view).map(({ method, label, place }) => ({
    label,
    place,
    points: axis.values.map(({ cells }, at) => {
      const all = cells
        .filter((cell) => complete.has(cell))
        .map(({ methods }) => methods.find((one) => one.name === method)?.metrics[name]?.value ?? null);
      const known = all.filter((value) => value !== null);
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      const isKnown = known.length === all.length && known.length > 0;
      return { at, value: isKnown ? (isShare ? 100 : 1) * mean : null };
    }),
  }));
}

/** With their places in the families' colours. */
function placed({ methods }: SweepView) {
  const places = familyPlaces(methods);
  return methods.map(({ name, label }) => ({ method: name, label, place: places.get(name)! }));
}

/** In words, for those who cannot see the chart: the followed method. */
function describe(view: SweepView, axis: SweepAxis): string {
  const { followed, measures } = view;
  if (followed === undefined || !isBalanced(axis, view.axes)) return `By ${axis.name}.`;
  const mean = view.axes.length > 1 ? ", mean over what else varies" : "";
  const values = marginals(view, axis);
  return measures
    .map((measure) => {
      const all = values.map(({ text, of }) => `${format(measure, of(measure))} with ${text}`);
      return `${followed.label}, ${measure.words}${mean}: ${all.join(", ")}.`;
    })
    .join(" ");
}

function marginalTable(view: SweepView, axis: SweepAxis): Markup | false {
  const { axes, followed, measures } = view;
  if (followed === undefined || axes.length < 2 || !isBalanced(axis, axes)) return false;
  const all = marginals(view, axis);
  return scrolling(
    `Means by ${axis.name}`,
    html`<table><caption>${followed.label} by ${axis.name}: each number is a mean over the ${plural(all[0]!.cells, "cell")} that have the value</caption>
<thead><tr><th scope="col">${axis.name}</th>${measures.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${all.map(({ text, of }) => html`<tr><th scope="row">${text}</th>${measures.map((measure) => html`<td>${format(measure, of(measure))}</td>`)}</tr>`)}</tbody></table>`,
  );
}
