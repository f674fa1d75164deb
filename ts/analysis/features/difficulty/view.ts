import { difficultyChart } from "../../charts/difficulty.ts";
import { html, type Markup } from "../../document/markup.ts";
import { significant } from "../../measure/paired-tests.ts";
import { figure } from "../../report/figure.ts";
import { percent, plural, points, pValue, range, whole } from "../../report/format.ts";
import { difficultyPanels, stepsText } from "../../report/panelData.ts";
import type { RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";
import { type Difficulty, fewestInBin, testedOf } from "./numbers.ts";

/** Where the gains lie, on easy questions or on hard ones; nothing where steps are not known or do not differ. */
export function difficultySection(summary: RunSummary): Markup {
  const found = summary.difficulty;
  if (found === undefined) return html``;
  const { panels, reference } = difficultyPanels(summary);
  return html`<section aria-labelledby="difficulty">
<h2 id="difficulty">Easy and hard questions</h2>
<p>How hard a question is, is taken to be how many steps its reference solution has. Neighbouring numbers of steps stand together where needed, so that each group has at least ${fewestInBin} questions.${
    found.unknown > 0 &&
    ` ${plural(found.unknown, "question")} without steps that could be counted ${found.unknown === 1 ? "is" : "are"} left out.`
  }</p>
${figure(
  "Greedy accuracy by the number of steps",
  `Accuracy falls with every step that can go wrong.${reference === undefined ? "" : " Where a method’s line leaves the dotted one (continued VFT) only on the right, it helps with long solutions; where it lies apart on the left, with what was easy already."}`,
  difficultyChart(panels, { width: 860, reference }),
)}
${table(found)}
</section>`;
}

function table({ bins }: Difficulty): Markup {
  const tests = testedOf(bins).length;
  return html`${scrolling(
    "Accuracy by the number of steps",
    html`<table class="results"><caption>Greedy accuracy by the number of steps, percent with 95 % intervals; below it minus continued VFT in points</caption>
<thead><tr><th scope="col">Method</th>${bins.map(
      (bin) =>
        html`<th scope="col">${stepsText(bin)} ${bin.to === 1 ? "step" : "steps"}<small>${plural(bin.questions, "question")}</small></th>`,
    )}</tr></thead>
<tbody>${bins[0]!.methods.map(
      ({ label }, at) =>
        html`<tr><th scope="row">${label}</th>${bins.map(({ methods }) => cell(methods[at]!))}</tr>`,
    )}</tbody></table>`,
  )}
${
  tests > 0 &&
  html`<p class="note">Differences are paired question by question, their intervals a bootstrap over questions. Holm: p of the sign-flip test over questions, adjusted for all ${whole(tests)} differences in this table; * below 0.05. The groups are small: no clear difference here does not mean that there is none.</p>`
}`;
}

function cell({ accuracy, againstContinued: found }: Difficulty["bins"][number]["methods"][number]): Markup {
  return html`<td><b>${percent(accuracy.value)}</b><small>${range(accuracy.interval, (one) => percent(one))}</small>${
    accuracy.overSeeds && html`<small>std ${percent(accuracy.overSeeds.std)}</small>`
  }${
    found !== null &&
    html`<small class="difference">${points(found.value)}${significant(found) ? " *" : ""}</small><small>${range(found.interval, points)}</small>${
      found.overSeeds && html`<small>seeds ${range(found.overSeeds, points)}</small>`
    }${found.pHolm !== null && html`<small>${pValue(found.pHolm, "Holm")}</small>`}`
  }</td>`;
}
