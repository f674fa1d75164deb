import { html, type Markup } from "../../document/markup.ts";
import { significant } from "../../measure/paired-tests.ts";
import { decimal, plural, points, pValue, range } from "../../report/format.ts";
import { constraints } from "../../report/roles.ts";
import type { MethodSummary, RunSummary } from "../../report/schema.ts";
import { type AblationRow, ablationOf, constraintEffects } from "./numbers.ts";

/** Losses by constraints; nothing where the run has no such comparison. */
export function ablationHtml(summary: RunSummary): Markup | false {
  const rows = ablationOf(summary);
  if (rows === null) return false;
  return html`<h3 id="ablation">Is the constraint what matters?</h3>
<div class="scroll" role="region" aria-labelledby="ablation-caption" tabindex="0">
<table class="results">
<caption id="ablation-caption">Each loss with each constraint: greedy accuracy minus continued VFT in points, with its interval${
    summary.seeds.length > 1 ? ", its interval over the seeds" : ""
  } and its Holm-adjusted p (* below 0.05); below it the perplexity of right COTs with its interval. All on ${plural(summary.methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0, `${summary.split} question`)}.</caption>
<thead><tr><th scope="col">Loss</th><th scope="col">no constraint</th><th scope="col">detached (DC)</th><th scope="col">boundary (BC)</th></tr></thead>
<tbody>${rows.map(row)}</tbody>
</table>
</div>
<p>${constraintEffects(rows)}</p>
<p class="note">If the constraint is what matters, every loss does better with one than without, the published baselines included. The reason to expect it: without a constraint, worse COTs are pushed down without a limit, and text that is wrong but well formed goes down with them, which a rising perplexity of right COTs shows.</p>`;
}

const row = ({ family, cells }: AblationRow): Markup =>
  html`<tr><th scope="row">${family}</th>${constraints.map((constraint) => cell(cells[constraint]))}</tr>`;

/** Methods that differ in another setting, as in a sweep of beta, share a cell, each with its name. */
const cell = (methods: readonly MethodSummary[]): Markup =>
  methods.length === 0
    ? html`<td class="quiet">–</td>`
    : html`<td>${methods.map((method) => numbers(method, methods.length > 1))}</td>`;

function numbers({ label, comparisons, metrics }: MethodSummary, named: boolean): Markup {
  const accuracy = comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
  const { interval = null, overSeeds = null, pHolm = null } = accuracy ?? {};
  return html`${named && html`<small>${label}</small>`}<b>${points(accuracy?.value)}</b><small>${range(interval, points)}</small>${
    overSeeds && html`<small>seeds ${range(overSeeds, points)}</small>`
  }${
    accuracy !== undefined &&
    pHolm !== null &&
    html`<small>${pValue(pHolm, "Holm")}${significant(accuracy) ? " *" : ""}</small>`
  }<small>perplexity ${decimal(metrics.perplexityPositive.value)}</small><small>${range(metrics.perplexityPositive.interval, decimal)}</small>`;
}
