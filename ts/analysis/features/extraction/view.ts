import { html, type Markup } from "../../document/markup.ts";
import { percent, points, range, whole } from "../../report/format.ts";
import type { Metric, RunSummary } from "../../report/schema.ts";
import { type ModeRow, modeRows, modeRowsByTask } from "./numbers.ts";

/** Greedy accuracy by the strict and the flexible rule, side by side; nothing where one rule only was used. */
export function byModeHtml(summary: RunSummary): Markup | false {
  const rows = modeRows(summary);
  if (rows.length === 0) return false;
  const apart = modeRowsByTask(summary);
  if ([...rows, ...apart].every(({ strict, flexible }) => strict.value === flexible.value))
    return html`<p class="note">Judged strictly (the answer in the form that the task asks for) and flexibly (whatever looks most like one), every method’s greedy accuracy is the same.</p>`;
  return html`<h3 id="by-mode">By both rules of extraction</h3>
<div class="scroll" role="region" aria-labelledby="by-mode-caption" tabindex="0">
<table class="results">
<caption id="by-mode-caption">Greedy accuracy, percent with 95 % intervals, of the same texts${apart.length > 0 && ", over all trained tasks"}. Strict: the answer in the form that the task asks for; flexible: whatever looks most like one. The patterns stand in <a href="#record">the record</a>.</caption>
${table(rows)}</table></div>
${judgedBy(summary)}
${
  apart.length > 0 &&
  html`<details><summary>The same, task by task</summary><div class="scroll" role="region" aria-label="Both rules, task by task" tabindex="0"><table class="results"><caption>Greedy accuracy by both rules on each task</caption>
${table(apart)}</table></div></details>`
}`;
}

function table(rows: readonly ModeRow[]): Markup {
  const byTask = rows.some(({ task }) => task !== undefined);
  return html`<thead><tr><th scope="col">Method</th>${byTask && html`<th scope="col" class="text">task</th>`}<th scope="col">strict</th><th scope="col">flexible</th><th scope="col">flexible minus strict, points</th><th scope="col">questions</th></tr></thead>
<tbody>${rows.map(
    ({ label, task, strict, flexible, difference }) =>
      html`<tr><th scope="row">${label}</th>${byTask && html`<td class="text">${task}</td>`}${share(strict)}${share(flexible)}<td><b>${points(difference?.value)}</b><small>${range(difference?.interval ?? null, points)}</small></td><td>${whole(strict.perSeed[0]?.n ?? 0)}</td></tr>`,
  )}</tbody>`;
}

const share = ({ value, interval }: Metric): Markup =>
  html`<td><b>${percent(value)}</b><small>${range(interval, (one) => percent(one))}</small></td>`;

function judgedBy({ tasks }: RunSummary): Markup | false {
  const told = tasks.filter(({ extract }) => extract !== undefined);
  return (
    told.length > 0 &&
    html`<p class="note">The other tables go by the rule that the experiment chose: ${told
      .map(({ name, extract }) => `${name} ${extract}`)
      .join(", ")}.</p>`
  );
}
