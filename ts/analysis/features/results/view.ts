import { isRanked } from "../../../config/index.ts";
import { html, type Markup } from "../../document/markup.ts";
import { significant, testedAgainst } from "../../measure/paired-tests.ts";
import { paperGsm8k, paperNotes } from "../../paper.ts";
import { decimal, percent, plural, points, pValue, range, whole } from "../../report/format.ts";
import type {
  Comparison,
  Difference,
  MethodSummary,
  Metric,
  MetricName,
  RunSummary,
} from "../../report/schema.ts";
import { ablationHtml } from "../ablation/view.ts";
import { accuracyFigure } from "../charts/view.ts";
import { byModeHtml } from "../extraction/view.ts";
import { byTaskHtml } from "../tasks/view.ts";
import { glanceTable } from "./glance.ts";

/** The table of all methods: every number with its interval, the paper's beside it. */
export function resultsSection(summary: RunSummary): Markup {
  const { methods } = summary;
  const k = Math.max(0, ...methods.map((method) => method.k));
  return html`<section aria-labelledby="results">
<h2 id="results">Results</h2>
${methods.length > 0 && glanceTable(summary)}
${accuracyFigure(summary)}
<details><summary>Every number, with its test, and the paper’s beside</summary>
<div class="scroll" role="region" aria-labelledby="results-caption" tabindex="0">
<table class="results">
<caption id="results-caption">${caption(summary)}</caption>
<thead>
<tr><td></td><th scope="colgroup" colspan="3">Greedy decoding</th><th scope="colgroup" colspan="4">Assessing the VFT model’s COTs</th><th scope="colgroup" colspan="3">Sampled, ${k} a question</th><th scope="colgroup" class="paper">The paper, GSM8K</th></tr>
<tr><th scope="col">Method</th><th scope="col">accuracy, %</th><th scope="col">minus continued VFT, points</th><th scope="col">minus VFT kept, points</th><th scope="col">assessment accuracy, micro, %</th><th scope="col">macro, %</th><th scope="col">perplexity of right COTs</th><th scope="col">of wrong COTs</th><th scope="col">single samples, %</th><th scope="col">maj@${k}, %</th><th scope="col">pass@${k}, %</th><th scope="col" class="paper">other models and data: 7B / 13B, %</th></tr>
</thead>
<tbody>${methods.map(row)}</tbody>
</table>
</div>
${intervalNote(summary)}
</details>
${byTaskHtml(summary)}
${byModeHtml(summary)}
${ablationHtml(summary)}
<details><summary>What the paper reports, and why it is not a target here</summary>
<p>The column on the right and the lines below are the paper’s own numbers (arXiv 2309.02144), measured with other, far larger models on other data. They show the direction that the authors found; nothing in this run was made to match them.</p>
<ul>${paperNotes.map((note) => html`<li>${note}</li>`)}</ul></details>
</section>`;
}

function caption(summary: RunSummary): string {
  const first = summary.methods[0];
  if (first === undefined) return "No method was evaluated.";
  const n = (name: MetricName): string => whole(first.metrics[name].perSeed[0]?.n ?? 0);
  const seeds = summary.seeds.length === 1 ? "one seed" : `each of ${summary.seeds.length} seeds`;
  return (
    `${pooledOver(summary)}n for ${seeds}: ${n("accuracy")} ${summary.split} questions, ${n("sampledAccuracy")} samples, ` +
    `${n("assessmentMicro")} pairs of a right and a wrong COT from ${n("assessmentMacro")} questions.`
  );
}

function pooledOver({ tasks }: RunSummary): string {
  if (tasks.length < 2) return "";
  const names = tasks.filter(({ use }) => use === "train").map(({ name }) => name);
  const what = names.length === 1 ? names[0] : `the questions of ${names.join(", ")}, pooled`;
  return `${what}; each task is apart below. `;
}

function row(method: MethodSummary): Markup {
  // The paper's numbers on GSM8K are those of right and wrong COTs; by ranks it measured other data.
  const byRanks = isRanked(method.settings.constraint);
  const paper = byRanks ? undefined : paperGsm8k[method.role];
  return html`<tr${method.role === "continued" ? html` class="baseline"` : ""}><th scope="row">${method.label}</th>
${metricCell(method.metrics.accuracy)}${differenceCell(method, "continued")}${differenceCell(method, "kept")}
${testedCell(method, "assessmentMicro")}${testedCell(method, "assessmentMacro")}
${metricCell(method.metrics.perplexityPositive, decimal)}${metricCell(method.metrics.perplexityNegative, decimal)}
${testedCell(method, "sampledAccuracy")}${metricCell(method.metrics.majority)}${metricCell(method.metrics.passAtMost)}
<td class="paper">${paper === undefined ? "–" : html`${paper.size7B.toFixed(2)} / ${paper.size13B.toFixed(2)}<small>${paper.method}</small>`}</td></tr>`;
}

const asPercent = (value: number | null): string => percent(value);

function metricCell(
  metric: Metric,
  format: (value: number | null) => string = asPercent,
  more: Markup | false = false,
): Markup {
  const spread = metric.overSeeds;
  return html`<td><b>${format(metric.value)}</b>${
    metric.interval && html`<small>${range(metric.interval, format)}</small>`
  }${spread && html`<small>std ${format(spread.std)}</small>`}${more}</td>`;
}

/** A metric with its difference to continued VFT, which is tested. */
function testedCell({ metrics, comparisons }: MethodSummary, name: MetricName): Markup {
  const difference = comparisons.find(({ role }) => role === "continued")?.differences[name];
  const more =
    difference !== undefined &&
    difference.p !== null &&
    html`<small>vs cont. ${points(difference.value)}</small><small>${range(difference.interval, points)}</small>${testLine(difference)}`;
  return metricCell(metrics[name], asPercent, more);
}

const testLine = (difference: Difference): Markup | false =>
  difference.p !== null &&
  html`<small>${pValue(difference.p)}</small>${
    difference.pHolm !== null &&
    html`<small>${pValue(difference.pHolm, "Holm")}${significant(difference) ? " *" : ""}</small>`
  }`;

function differenceCell(method: MethodSummary, role: Comparison["role"]): Markup {
  if (method.role === role) return html`<td class="quiet">baseline</td>`;
  const comparison = method.comparisons.find((one) => one.role === role);
  if (comparison === undefined) return html`<td class="quiet">–</td>`;
  const { accuracy } = comparison.differences;
  const { value, interval, clear, overSeeds } = accuracy;
  return html`<td${clear ? html` class="clear"` : ""}><b>${points(value)}</b><small>${range(interval, points)}</small>${
    overSeeds && html`<small>seeds ${range(overSeeds, points)}</small>`
  }${testLine(accuracy)}</td>`;
}

function intervalNote(summary: RunSummary): Markup {
  const single = summary.seeds.length === 1;
  return html`<p class="note">[low, high] is a 95 % interval for the ${summary.split} questions being a sample of all such questions: ${
    single ? "Wilson’s for greedy accuracy, otherwise a" : "a"
  } percentile bootstrap over questions (${plural(summary.resamples, "resample")})${
    single ? "" : " of the mean over the seeds"
  }, or, where all questions agree, Wilson’s limit for none that departs; differences are paired question by question. ${
    single
      ? "One seed was run: how much another seed would move these numbers is not known."
      : "std is over the seeds; “seeds” is Student’s 95 % interval of the difference over them."
  } A difference is coloured only where no interval includes 0 and p is below 0.05, taken by itself.</p>
${testNote(summary)}`;
}

function testNote({ methods, seeds }: RunSummary): Markup | false {
  const tested = testedAgainst(methods, "continued", "accuracy").length;
  if (tested === 0) return false;
  return html`<p class="note">p: a paired sign-flip permutation test over questions, two-sided${
    seeds.length === 1
      ? " (for greedy accuracy it is McNemar’s exact test)"
      : "; all seeds of a question are one unit, so p speaks of other questions, not of other seeds"
  }. Holm: p adjusted for all methods compared with the same baseline (${plural(tested, "method")} with continued VFT), since among many comparisons some look like a gain by chance; * marks those below 0.05. “vs cont.” is the difference to continued VFT in points.</p>`;
}
