import { html, type Markup } from "../../document/markup.ts";
import { holds } from "../../measure/paired-tests.ts";
import { decimal, percent, points, range } from "../../report/format.ts";
import { askedIn } from "../../report/inShort.ts";
import type { Difference, MethodSummary, Metric, RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";

/** One line a method: what most readers want to know, with a verdict; the table of all numbers has the rest. */
export function glanceTable(summary: RunSummary): Markup {
  const { methods, split } = summary;
  const isCompared = methods.some(({ comparisons }) => comparisons.some(({ role }) => role === "continued"));
  const n = methods[0] === undefined ? 0 : askedIn(methods[0]);
  return scrolling(
    "Results at a glance",
    html`<table class="results glance"><caption>At a glance, on ${n.toLocaleString("en-US")} ${split} questions${summary.seeds.length > 1 && ` with each of ${summary.seeds.length} seeds`}; brackets are 95 % intervals</caption>
<thead><tr><th scope="col">Method</th><th scope="col">greedy answers right, %</th>${isCompared && html`<th scope="col">minus continued VFT, points</th><th scope="col" class="text">verdict</th>`}<th scope="col">single samples right, %</th><th scope="col">assessment accuracy, %</th><th scope="col">perplexity of right COTs</th></tr></thead>
<tbody>${methods.map((method) => row(method, isCompared))}</tbody></table>`,
  );
}

function row({ label, role, metrics, comparisons }: MethodSummary, isCompared: boolean): Markup {
  const difference = comparisons.find((one) => one.role === "continued")?.differences.accuracy;
  const gain =
    role === "continued"
      ? html`<td class="quiet">baseline</td><td></td>`
      : html`<td>${points(difference?.value)} <small>${range(difference?.interval ?? null, points)}</small></td><td class="text">${verdict(difference)}</td>`;
  return html`<tr${role === "continued" ? html` class="baseline"` : ""}><th scope="row">${label}</th>${cell(metrics.accuracy)}${isCompared && gain}${cell(metrics.sampledAccuracy)}${cell(metrics.assessmentMicro)}${cell(metrics.perplexityPositive, decimal)}</tr>`;
}

const asPercent = (value: number | null): string => percent(value);

const cell = ({ value, interval }: Metric, format: (value: number | null) => string = asPercent): Markup =>
  html`<td>${format(value)} <small>${range(interval, format)}</small></td>`;

/** For other questions and, where there are several, for other seeds; after the adjustment for many methods. */
function verdict(difference: Difference | undefined): Markup | string {
  if (difference?.value == null || difference.p === null) return "–";
  if (!holds(difference)) return "no clear difference";
  return difference.value > 0
    ? html`<span class="badge fine">better</span>`
    : html`<span class="badge warning">worse</span>`;
}
