import { html, type Markup } from "../../document/markup.ts";
import { significant } from "../../measure/paired-tests.ts";
import { decimal, percent, points, pValue, range, whole } from "../../report/format.ts";
import type { Metric, RunSummary } from "../../report/schema.ts";
import { accuracyAgainst, measuredOf, type TaskColumn, taskColumns } from "./columns.ts";

/** Methods by tasks, the trained ones first; nothing for a run of one task. */
export function byTaskHtml(summary: RunSummary): Markup | false {
  const found = taskColumns(summary);
  if (found === null) return false;
  const { trained, outOfDistribution } = found;
  const all = [...trained, ...outOfDistribution];
  return html`<h3 id="by-task">Task by task</h3>
<div class="scroll" role="region" aria-labelledby="by-task-caption" tabindex="0">
<table class="results by-task">
<caption id="by-task-caption">Greedy accuracy in percent with its 95 % interval; below it minus continued VFT in points, with interval${
    summary.seeds.length > 1 ? ", its interval over the seeds" : ""
  } and Holm-adjusted p.</caption>
<thead>
<tr><td></td>${group("Trained on", trained)}${group(html`Out of distribution<small>evaluated only</small>`, outOfDistribution)}</tr>
<tr><th scope="col">Method</th>${all.map(({ name, of }) => html`<th scope="col">${name}<small>${of}</small></th>`)}</tr>
</thead>
<tbody>${summary.methods.map(
    ({ name, label, role }) =>
      html`<tr${role === "continued" ? html` class="baseline"` : ""}><th scope="row">${label}</th>${all.map((column) => cell(column, name))}</tr>`,
  )}</tbody>
</table>
</div>
<p class="note">${togetherNote(summary)}Holm: p adjusted for all methods on all of these tasks; * below 0.05.</p>
${othersByTask(summary, all)}`;
}

const group = (head: string | Markup, columns: readonly TaskColumn[]): Markup | false =>
  columns.length > 0 && html`<th scope="colgroup" colspan="${columns.length}"><span>${head}</span></th>`;

const togetherNote = ({ macro }: RunSummary): string =>
  macro === undefined
    ? ""
    : "pooled: every question of the trained tasks counts once, as in the table above; macro: every task counts once (the mean of the tasks’ accuracies, questions resampled within their task), each adjusted for its own methods. ";

function cell(column: TaskColumn, name: string): Markup {
  const measured = measuredOf(column, name);
  if (measured === undefined) return html`<td class="quiet">–</td>`;
  const { accuracy } = measured.metrics;
  const difference = accuracyAgainst(measured, "continued");
  return html`<td${difference?.clear === true ? html` class="clear"` : ""}><b>${percent(accuracy.value)}</b><small>${range(accuracy.interval, (value) => percent(value))}</small>${
    accuracy.overSeeds && html`<small>std ${percent(accuracy.overSeeds.std)}</small>`
  }${
    difference !== undefined &&
    html`<small class="difference">${points(difference.value)}${significant(difference) ? " *" : ""}</small><small>${range(difference.interval, points)}</small>${
      difference.overSeeds && html`<small>seeds ${range(difference.overSeeds, points)}</small>`
    }${difference.pHolm !== null && html`<small>${pValue(difference.pHolm, "Holm")}</small>`}`
  }</td>`;
}

const heads = [
  "single samples, %",
  "maj@k, %",
  "assessment accuracy, micro, %",
  "pairs",
  "perplexity of right COTs",
  "of wrong COTs",
];

function othersByTask(summary: RunSummary, columns: readonly TaskColumn[]): Markup {
  const number = ({ value, interval }: Metric, format: (value: number | null) => string): Markup =>
    html`<td>${format(value)}<small>${range(interval, format)}</small></td>`;
  const share = (value: number | null): string => percent(value);
  return html`<details><summary>Samples, assessment accuracy and perplexity, task by task</summary>
<div class="scroll" role="region" aria-label="Other metrics, task by task" tabindex="0"><table class="results"><caption>The other metrics on each task; the intervals are for the questions being a sample</caption>
<thead><tr><th scope="col">Method</th><th scope="col" class="text">task</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${columns.map((column) =>
    summary.methods.map(({ name, label }) => {
      const metrics = measuredOf(column, name)?.metrics;
      return (
        metrics !== undefined &&
        html`<tr><th scope="row">${label}</th><td class="text">${column.name}</td>${number(metrics.sampledAccuracy, share)}${number(metrics.majority, share)}${number(metrics.assessmentMicro, share)}<td>${whole(metrics.assessmentMicro.perSeed[0]?.n ?? 0)}</td>${number(metrics.perplexityPositive, decimal)}${number(metrics.perplexityNegative, decimal)}</tr>`
      );
    }),
  )}</tbody></table></div></details>`;
}
