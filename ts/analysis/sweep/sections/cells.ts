import { html, type Markup } from "../../document/markup.ts";
import { plural, points, pValue, range, whole } from "../../report/format.ts";
import { scrolling } from "../../report/scrolling.ts";
import { includes } from "../../statistics/interval.ts";
import { valueText } from "../axes.ts";
import { followedIn, type SweepView } from "../data.ts";
import { isLower } from "../inShort.ts";
import { format, type Measure, measureNamed } from "../measures.ts";
import type { CellMethod, CellResult } from "../results.ts";

/** One row a cell for the method that is followed, then every method of every cell. */
export function cellsSection(view: SweepView): Markup {
  const { results, followed } = view;
  return html`<section aria-labelledby="cells">
<h2 id="cells">Every cell</h2>
${followed !== undefined && followedTable(view)}
${followed !== undefined && note(view)}
${unfinished(results.cells)}
${view.done.length > 0 && html`<details><summary>Every method in every cell</summary>${everything(view)}</details>`}
</section>`;
}

/** Without anything that varies, the cell's name stands in its place. */
const settingHeads = ({ axes }: SweepView): Markup[] =>
  (axes.length === 0 ? ["cell"] : axes.map(({ name }) => name)).map(
    (name) => html`<th scope="col">${name}</th>`,
  );

/** The first of them is the row's head, and leads to the cell's own report. */
function settingCells({ axes }: SweepView, cell: CellResult): Markup {
  const texts = axes.map(({ keys }) => keys.map((key) => valueText(cell, key)).join(", "));
  const [first = cell.cell, ...others] = texts;
  return html`<th scope="row"><a href="${address(cell)}" aria-label="${`${first}: the report of ${cell.cell}`}">${first}</a></th>${others.map((text) => html`<td>${text}</td>`)}`;
}

/** Relative to the sweep's folder. Names are made of letters, digits and marks, of which some mean something in an address. */
const address = ({ run }: CellResult): string =>
  `${run.split("/").map(encodeURIComponent).join("/")}/report.html`;

function followedTable(view: SweepView): Markup {
  const { results, done, measures, followed } = view;
  const best = results.best!;
  const measure = measureNamed(best.metric);
  const isCompared = done.some(({ againstBest }) => againstBest !== undefined);
  return scrolling(
    `${followed!.label} in every cell`,
    html`<table class="results"><caption>${followed!.label} in every cell, with 95 % intervals; n: ${n(view)}. Each row leads to the cell’s own report</caption>
<thead><tr>${settingHeads(view)}${measures.map(({ label }) => html`<th scope="col">${label}</th>`)}<th scope="col">${measure.words}, minus continued VFT of the same cell, points</th>${isCompared && html`<th scope="col">${measure.words}, minus the best cell’s, points</th>`}</tr></thead>
<tbody>${done.map((cell) => {
      const method = followedIn(view, cell);
      return html`<tr${cell.cell === best.cell ? html` class="baseline"` : ""}>${settingCells(view, cell)}${measures.map((one) => measured(method, one))}${againstContinued(method, best.metric)}${isCompared && againstBest(cell, cell.cell === best.cell)}</tr>`;
    })}</tbody></table>`,
  );
}

function n({ done, measures, followed }: SweepView): string {
  const method = done.flatMap(({ methods }) => methods).find(({ name }) => name === followed!.name)!;
  const of = (name: string): number => method.metrics[name]?.n ?? 0;
  const counts: Record<string, string> = {
    accuracy: plural(of("accuracy"), "question"),
    sampledAccuracy: plural(of("sampledAccuracy"), "sample"),
    assessmentMicro: `${whole(of("assessmentMicro"))} pairs of a right and a wrong COT`,
    perplexityPositive: `${whole(of("perplexityPositive"))} right COTs`,
  };
  return `${measures.flatMap(({ name }) => counts[name] ?? []).join(", ")} (first seed, first cell)`;
}

const measured = (method: CellMethod | undefined, measure: Measure): Markup => {
  const { value = null, interval = null } = method?.metrics[measure.name] ?? {};
  return html`<td><b>${format(measure, value)}</b>${interval && html`<small>${range(interval, (one) => format(measure, one))}</small>`}</td>`;
};

function againstContinued(method: CellMethod | undefined, metric: string): Markup {
  const difference = method?.againstContinued?.[metric];
  if (difference === undefined) return html`<td class="quiet">–</td>`;
  const { value, interval } = difference;
  const isClear = interval !== null && !includes(interval, 0);
  return html`<td${isClear ? html` class="clear"` : ""}><b>${points(value)}</b><small>${range(interval, points)}</small></td>`;
}

function againstBest({ againstBest: difference }: CellResult, isBest: boolean): Markup {
  if (isBest) return html`<td class="quiet">best</td>`;
  if (difference === undefined) return html`<td class="quiet">not comparable</td>`;
  const { value, interval, p, pHolm } = difference;
  return html`<td${isLower(difference) ? html` class="clear"` : ""}><b>${points(value)}</b><small>${range(interval, points)}</small>${
    p !== null && html`<small>${pValue(p)}</small>`
  }${pHolm !== null && html`<small>${pValue(pHolm, "Holm")}${isLower(difference) ? " *" : ""}</small>`}</td>`;
}

function note({ results, done }: SweepView): Markup {
  const tested = done.filter(({ againstBest }) => againstBest?.p != null).length;
  return html`<p class="note">The best cell has the highest ${measureNamed(results.best!.metric).words}; its row is shaded. Differences are paired question by question. ${
    tested > 0 &&
    `p: a paired sign-flip test over questions (McNemar’s exact one for the greedy answers of a single seed), two-sided; Holm: adjusted for the ${plural(tested, "cell")} compared with the best; * marks those below 0.05.`
  } Against continued VFT, a difference is coloured where its interval does not include 0, by itself and unadjusted.</p>`;
}

function unfinished(cells: readonly CellResult[]): Markup | false {
  const open = cells.filter(({ status }) => status !== "done");
  return (
    open.length > 0 &&
    html`<h3>Cells without numbers</h3><ul>${open.map(({ cell, error }) => html`<li><code>${cell}</code>: ${error === undefined ? "not done" : `failed: ${error}`}</li>`)}</ul><p class="note">The same command goes on with them: what is done is not done again.</p>`
  );
}

function everything(view: SweepView): Markup {
  const { done, measures } = view;
  return scrolling(
    "Every method in every cell",
    html`<table><caption>Every method in every cell, with 95 % intervals</caption>
<thead><tr>${settingHeads(view)}<th scope="col" class="text">method</th>${measures.map(({ label }) => html`<th scope="col">${label}</th>`)}<th scope="col">questions</th></tr></thead>
<tbody>${done.map((cell) =>
      cell.methods.map(
        (method) =>
          html`<tr>${settingCells(view, cell)}<td class="text">${method.label}</td>${measures.map((measure) => measured(method, measure))}<td>${whole(method.metrics.accuracy?.n ?? 0)}</td></tr>`,
      ),
    )}</tbody></table>`,
  );
}
