import { betaChart } from "../../charts/beta.ts";
import { html, type Markup } from "../../document/markup.ts";
import { figure } from "../../report/figure.ts";
import { decimal, percent, plural, range, whole } from "../../report/format.ts";
import type { RunSummary } from "../../report/schema.ts";
import { autoAgainstSearch, autoBetas, betaText, describeAuto, searchedBetas } from "./numbers.ts";

/** How the boundary's beta was come by, where it was not given as a number; else nothing. */
export function betaSection(summary: RunSummary): Markup {
  const searches = searchedBetas(summary);
  const autos = autoBetas(summary);
  if (searches.length + autos.length === 0) return html``;
  return html`<section aria-labelledby="beta">
<h2 id="beta">The boundary’s beta</h2>
<p>The boundary constraint holds a wrong COT at beta (mean log-probability a token) below the lowest right one. Here beta was not given: ${
    searches.length > 0 &&
    "a search trains once with each value and keeps the one that answers most validation questions"
  }${searches.length > 0 && autos.length > 0 && "; "}${
    autos.length > 0 &&
    "the rule (beta: auto) takes it from the starting weights’ own scores, without training"
  }.</p>
${autoAgainstSearch(summary).map((text) => html`<p>${text}</p>`)}
${autos.length > 0 && html`<ul>${autos.map((auto) => html`<li>${describeAuto(auto)}</li>`)}</ul>`}
${searches.map((searched, at) => searchPart(searched, at, autos))}
</section>`;
}

type Searched = ReturnType<typeof searchedBetas>[number];

function searchPart({ method, seeds }: Searched, at: number, autos: ReturnType<typeof autoBetas>): Markup {
  const same = autos.filter(
    (auto) =>
      auto.method.method === method.method && auto.method.settings.constraint === method.settings.constraint,
  );
  return html`${figure(
    `${method.label}: validation accuracy by beta`,
    `Each point is a method trained with that beta; bars are 95 % intervals, Wilson’s for the accuracy and else a bootstrap over questions. The ring is the chosen value: most validation questions answered rightly, of equals the smaller beta. ${same.length > 0 ? "Upright dashed lines: what beta: auto found with the same seed. " : ""}Below, how the same weights score the VFT model’s samples on these questions.`,
    betaChart(seeds, { id: `beta-${at + 1}`, width: 860, autos: same.flatMap((auto) => auto.seeds) }),
  )}
${pointsTable({ method, seeds })}`;
}

const pointsTable = ({ method, seeds }: Searched): Markup =>
  html`<details><summary>Every value that was tried</summary><div class="scroll" role="region" aria-label="Values of beta: ${method.label}" tabindex="0"><table><caption>${method.label}: every value that was tried, on ${plural(seeds[0]!.points[0]?.questions ?? 0, "validation question")}; intervals are 95 %, Wilson’s for the accuracy and else a bootstrap over questions; n: pairs, and right COTs</caption>
<thead><tr><th scope="col">seed</th><th scope="col">${seeds[0]!.parameter}</th><th scope="col">right</th><th scope="col">accuracy, %</th><th scope="col">assessment accuracy, micro, %</th><th scope="col">perplexity of right COTs</th><th scope="col"></th></tr></thead>
<tbody>${seeds.map(({ seed, chosen, points }) =>
    points.map(
      (point) =>
        html`<tr><th scope="row">${seed}</th><td>${betaText(point.beta)}</td><td>${point.correct}</td><td>${percent(point.accuracy)} <small>${range(point.interval, percent)}</small></td>${measuredCell(percent(point.assessmentMicro), range(point.assessmentInterval ?? null, percent), point.pairs)}${measuredCell(decimal(point.perplexityPositive), range(point.perplexityInterval ?? null, decimal), point.rightCots)}<td>${point.beta === chosen && html`<span class="badge fine">chosen</span>`}</td></tr>`,
    ),
  )}</tbody></table></div></details>`;

/** Searches of older versions have neither interval nor count. */
const measuredCell = (value: string, interval: string, n: number | undefined): Markup =>
  html`<td>${value} <small>${interval}</small>${n !== undefined && html`<small>n ${whole(n)}</small>`}</td>`;
