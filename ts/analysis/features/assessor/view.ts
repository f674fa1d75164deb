import { ranksChart } from "../../charts/ranks.ts";
import { reliabilityChart } from "../../charts/reliability.ts";
import { html, type Markup } from "../../document/markup.ts";
import type { Share } from "../../measure/schema.ts";
import { figure } from "../../report/figure.ts";
import { decimal, percent, range, whole } from "../../report/format.ts";
import { rankPanels, reliabilityPanels } from "../../report/panelData.ts";
import type { RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";

/** Is the score a good assessor? Shares of right COTs by score; nothing where no COT was scored. */
export function assessorSection(summary: RunSummary): Markup {
  const all = summary.reliability ?? [];
  if (all.length === 0) return html``;
  const scores = reliabilityPanels(summary);
  const ranks = rankPanels(summary);
  return html`<section aria-labelledby="assessor">
<h2 id="assessor">Is the score a good assessor?</h2>
<p>A model that assesses well gives right COTs higher scores than wrong ones. The COTs seen here are those that the VFT model sampled on the ${summary.split} questions, each text once a question.${summary.methods.length > 1 && " All methods score the very same texts, so that only the order differs between them."}</p>
${
  scores.panels.length > 0 &&
  figure(
    "Share of right COTs by score",
    `All COTs of all questions in equal parts by their score, the lowest first. A good assessor’s line climbs steeply from near 0 to near 100 %; a flat line at the share of right COTs is a score that says nothing. ${summary.methods.length > 1 ? "The dotted line is the VFT model as it was. " : ""}An easy question lifts all of its COTs, so part of the climb tells questions apart rather than COTs${ranks.panels.length > 0 ? ": the next chart holds the question fixed" : ""}.`,
    reliabilityChart(scores.panels, { width: 860, reference: scores.reference }),
  )
}
${
  ranks.panels.length > 0 &&
  figure(
    "Share of right COTs by place within the question",
    "Only questions with both a right and a wrong COT. Place 1 is each question’s best-scored COT, and so on; the dashed line is the share right of any COT of these questions. The steeper the fall, the better the score picks a right solution among several; a flat line is assessing by chance, a rising one misalignment at its worst.",
    ranksChart(ranks.panels, { width: 860, reference: ranks.reference }),
  )
}
${ranks.panels.length > 0 && rankTable(summary)}
${scores.panels.length > 0 && scoreTable(summary)}
<p class="note">Intervals are Wilson’s, 95 %. Each question counts once for a place, so that these intervals are valid${
    summary.seeds.length > 1
      ? " for one seed; here the seeds’ counts are added up, which makes them too narrow"
      : ""
  }. Where all COTs count, by score and in the column “any COT”, those of one question hang together: there they are somewhat too narrow. No test is made here; the tested number is the assessment accuracy in <a href="#results">the results</a>.</p>
</section>`;
}

const cell = ({ value, interval, n }: Share): Markup =>
  html`<td><b>${percent(value)}</b><small>${range(interval, (one) => percent(one))}</small><small>n ${whole(n)}</small></td>`;

function rankTable({ reliability = [] }: RunSummary): Markup {
  const most = Math.max(...reliability.map(({ byRank }) => byRank.length));
  const places = Array.from({ length: most }, (_, at) => at);
  return scrolling(
    "Share right by place within the question",
    html`<table class="results"><caption>Share of right COTs by place within the question, percent; n: questions that have so many different COTs</caption>
<thead><tr><th scope="col">Method</th>${places.map((at) => html`<th scope="col">${at === 0 ? "best-scored" : `place ${at + 1}`}</th>`)}<th scope="col">any COT</th></tr></thead>
<tbody>${reliability.map(
      ({ label, byRank, any }) =>
        html`<tr><th scope="row">${label}</th>${places.map((at) => (byRank[at] === undefined ? html`<td class="quiet">–</td>` : cell(byRank[at])))}${cell(any)}</tr>`,
    )}</tbody></table>`,
  );
}

function scoreTable({ reliability = [] }: RunSummary): Markup {
  const most = Math.max(...reliability.map(({ byScore }) => byScore.length));
  const parts = Array.from({ length: most }, (_, at) => at);
  return html`<details><summary>The same by score, in numbers</summary>${scrolling(
    "Share right by score",
    html`<table class="results"><caption>Share of right COTs by score, percent, in ${most} equal parts from the lowest scores to the highest; n: COTs; below it the part’s scores (nats a token)</caption>
<thead><tr><th scope="col">Method</th>${parts.map((at) => html`<th scope="col">part ${at + 1}</th>`)}</tr></thead>
<tbody>${reliability.map(
      ({ label, byScore }) =>
        html`<tr><th scope="row">${label}</th>${byScore.map(
          (bin) =>
            html`<td><b>${percent(bin.value)}</b><small>${range(bin.interval, (one) => percent(one))}</small><small>n ${whole(bin.n)}</small><small>${decimal(bin.low)} to ${decimal(bin.high)}</small></td>`,
        )}</tr>`,
    )}</tbody></table>`,
  )}</details>`;
}
