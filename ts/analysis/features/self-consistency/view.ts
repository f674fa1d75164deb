import { consistencyChart } from "../../charts/consistency.ts";
import { html, type Markup } from "../../document/markup.ts";
import { significant } from "../../measure/paired-tests.ts";
import { figure } from "../../report/figure.ts";
import { percent, plural, points, pValue, range, whole } from "../../report/format.ts";
import { consistencyCurves } from "../../report/panelData.ts";
import type { Difference, RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";
import { type CurveName, type Decoding, type SelfConsistency, testedOf } from "./numbers.ts";

/** What more samples bring, and whether alignment brings the same with one; nothing for fewer than two samples. */
export function selfConsistencySection(summary: RunSummary): Markup {
  const found = summary.selfConsistency;
  const curves = consistencyCurves(summary);
  if (found === undefined || curves.length === 0) return html``;
  return html`<section aria-labelledby="consistency">
<h2 id="consistency">Against self-consistency</h2>
<p>A model can also be made to answer better without any training: sample several COTs and take the most frequent answer (maj@j, self-consistency), at j times the cost of one answer.${summary.methods.length > 1 && ` This asks whether alignment reaches with one greedy answer what plain fine-tuning reaches with a vote of ${found.k}, and whether the two add up.`}</p>
${figure(
  "Accuracy by the number of samples",
  `Each method’s own ${found.k} samples a question. Vote: the most frequent answer of j samples; best-scored: the answer of the one with the highest score (mean log-probability a token), which is as good as the model assesses; any: at least one is right, which is what a perfect assessor would reach. Every point is the mean over all choices of j of the ${found.k} samples, counted exactly, not drawn; bands are 95 % for the ${summary.split} questions being a sample.`,
  consistencyChart(curves, { width: 860 }),
)}
${comparison(summary, found)}
${curveTables(summary, found)}
</section>`;
}

const named = (decoding: Decoding, k: number): string =>
  ({ greedy: "greedy", majority: `maj@${k}`, best: `best-scored of ${k}` })[decoding];

function comparison({ methods, seeds, split }: RunSummary, found: SelfConsistency): Markup {
  const { k } = found;
  const base = methods.find(({ name }) => name === found.baseline)?.label;
  const tests = (["againstGreedy", "againstMajority"] as const).map(
    (what) => testedOf(found.methods, what).length,
  );
  const questions = methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0;
  return html`${scrolling(
    "Ways of answering",
    html`<table class="results"><caption>Ways of answering, by method, on ${plural(questions, `${split} question`)}: percent right${
      base !== undefined && `, and minus ${base} in points`
    }</caption>
<thead><tr><th scope="col">Method</th><th scope="col" class="text">answer</th><th scope="col">samples a question</th><th scope="col">right, %</th>${
      base !== undefined &&
      html`<th scope="col">minus ${base}, greedy</th><th scope="col">minus ${base}, maj@${k}</th>`
    }</tr></thead>
<tbody>${found.methods.map(({ label, decodings }) =>
      decodings.map(
        ({ decoding, samples, accuracy, againstGreedy, againstMajority }) =>
          html`<tr><th scope="row">${label}</th><td class="text">${named(decoding, k)}</td><td>${samples}</td><td><b>${percent(accuracy.value)}</b><small>${range(accuracy.interval, (one) => percent(one))}</small>${
            accuracy.overSeeds && html`<small>std ${percent(accuracy.overSeeds.std)}</small>`
          }</td>${base !== undefined && html`${difference(againstGreedy)}${difference(againstMajority)}`}</tr>`,
      ),
    )}</tbody></table>`,
  )}
${
  base !== undefined &&
  html`<p class="note">Intervals: 95 %, ${seeds.length === 1 ? "Wilson’s for greedy answers, otherwise " : ""}a bootstrap over questions; differences are paired question by question. p: two-sided sign-flip test over the same questions${seeds.length === 1 ? "" : ", a question’s seeds one unit"}; Holm: adjusted for the ${tests[0]} differences of the first column, and the ${tests[1]} of the second; * below 0.05. The samples of a vote are drawn at the experiment’s temperature, the greedy answer is not drawn at all: single samples are often worse than it, and a vote of few can be, too.</p>`
}`;
}

function difference(found: Difference | null): Markup {
  if (found === null) return html`<td class="quiet">baseline</td>`;
  const { value, interval, overSeeds, p, pHolm, clear } = found;
  return html`<td${clear ? html` class="clear"` : ""}><b>${points(value)}</b><small>${range(interval, points)}</small>${
    overSeeds && html`<small>seeds ${range(overSeeds, points)}</small>`
  }${p !== null && html`<small>${pValue(p)}</small>`}${
    pHolm !== null && html`<small>${pValue(pHolm, "Holm")}${significant(found) ? " *" : ""}</small>`
  }</td>`;
}

const curveTitles: Record<CurveName, string> = {
  majority: "maj@j",
  best: "best-scored of j",
  pass: "pass@j",
};

function curveTables({ seeds }: RunSummary, { methods }: SelfConsistency): Markup {
  const sizes = [...new Set(methods.flatMap(({ curves }) => curves.pass.map(({ size }) => size)))];
  const names = (Object.keys(curveTitles) as CurveName[]).filter((name) =>
    methods.some(({ curves }) => curves[name].length > 0),
  );
  return html`<details><summary>All curves in numbers</summary>${scrolling(
    "Curves in numbers",
    html`<table class="results"><caption>Percent right by the number of samples j, with 95 % intervals; n: questions${seeds.length > 1 && ", all seeds together"}</caption>
<thead><tr><th scope="col">Method</th><th scope="col" class="text">of j samples</th>${sizes.map((size) => html`<th scope="col">j = ${size}</th>`)}<th scope="col">n</th></tr></thead>
<tbody>${methods.map(({ label, curves }) =>
      names
        .filter((name) => curves[name].length > 0)
        .map(
          (name) =>
            html`<tr><th scope="row">${label}</th><td class="text">${curveTitles[name]}</td>${sizes.map(
              (size) => {
                const point = curves[name].find((one) => one.size === size);
                return point === undefined
                  ? html`<td class="quiet">–</td>`
                  : html`<td>${percent(point.value)}<small>${range(point.interval, (one) => percent(one))}</small></td>`;
              },
            )}<td>${whole(curves[name][0]!.n)}</td></tr>`,
        ),
    )}</tbody></table>`,
  )}</details>`;
}
