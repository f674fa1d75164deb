import { familiesChart } from "../../charts/families.ts";
import { html, type Markup } from "../../document/markup.ts";
import { figure } from "../../report/figure.ts";
import { plural } from "../../report/format.ts";
import type { RunSummary } from "../../report/schema.ts";
import type { RunData } from "../../run/run-data.ts";
import { lookRows, marginRows } from "./curves.ts";

/** What could be seen while the methods trained: looks at validation questions, early stops, warnings. */
export function trainingSection(run: RunData, summary: RunSummary): Markup {
  const looks = lookRows(summary);
  const margins = marginRows(run, summary);
  const told = [stops(summary), warnings(summary)];
  if (looks.length + margins.length === 0 && told.every(({ markup }) => markup === "")) return html``;
  return html`<section aria-labelledby="training">
<h2 id="training">While training</h2>
${told}
${
  looks.length > 0 &&
  figure(
    "Looks at validation questions",
    "How each method’s weights score the VFT model’s samples on validation questions, and where it was measured how many they answer rightly, from the weights it starts from (step 0) on. A thin line is one seed, a thick one the mean of the seeds. Assessment accuracy that rises while accuracy falls is over-fitting to assessing; a perplexity of right COTs that rises is a constraint that is missing or too weak.",
    familiesChart(
      { id: "looks", title: "Looks at validation questions while training", description: inWords(summary) },
      looks,
      { width: 860 },
    ),
  )
}
${
  margins.length > 0 &&
  figure(
    "Margin, assessment accuracy and loss of the training groups",
    "Of the groups of each step: the mean score of right COTs minus that of wrong ones (nats a token), the share of their pairs that the model orders rightly, and the method’s own loss over groups, whose scale differs from family to family. A running mean over a twenty-fifth of the steps. A margin that grows without end is what the constraints are there to prevent.",
    familiesChart(
      {
        id: "margins",
        title: "Margin, assessment accuracy and group loss while training",
        description: "By optimizer step, one column a family of methods.",
      },
      margins,
      { width: 860 },
    ),
  )
}
</section>`;
}

const labelOf = ({ methods }: RunSummary, name: string): string =>
  methods.find((method) => method.name === name)?.label ?? name;

function stops(summary: RunSummary): Markup {
  const stopped = summary.training.filter((arm) => arm.stopped !== undefined);
  if (stopped.length === 0) return html``;
  return html`<h3>Stopped early</h3><ul>${stopped.map(({ method, seed, stopped: stop }) => {
    const { bestStep, lastStep, reason } = stop!;
    const kept =
      bestStep === 0
        ? "the weights it started from are kept, no later look was better"
        : `the weights of step ${bestStep} are kept`;
    return html`<li>${labelOf(summary, method)}, seed ${seed}: stopped after step ${lastStep} (${reason}); ${kept}.</li>`;
  })}</ul>`;
}

function warnings(summary: RunSummary): Markup {
  const told = summary.training.flatMap(({ method, seed, warnings: all }) =>
    (all ?? []).map((warning) => ({ label: labelOf(summary, method), seed, ...warning })),
  );
  if (told.length === 0) return html``;
  return html`<details open><summary>${plural(told.length, "warning")} while training</summary>
<div class="scroll" role="region" aria-label="Warnings" tabindex="0"><table><caption>Warnings, each kind told once a training</caption>
<thead><tr><th scope="col">method</th><th scope="col">seed</th><th scope="col">step</th><th scope="col" class="text">warning</th></tr></thead>
<tbody>${told.map(
    ({ label, seed, step, text }) =>
      html`<tr><th scope="row">${label}</th><td>${seed}</td><td>${step}</td><td class="text">${text}</td></tr>`,
  )}</tbody></table></div></details>`;
}

const inWords = (summary: RunSummary): string =>
  summary.training
    .filter(({ looks }) => looks.length > 1)
    .map(({ method, seed, looks }) => {
      const [first, last] = [looks[0]!, looks.at(-1)!];
      const change = (name: "assessmentMicro" | "perplexityPositive"): string =>
        `${first[name]?.toFixed(3) ?? "none"} to ${last[name]?.toFixed(3) ?? "none"}`;
      return `${labelOf(summary, method)}, seed ${seed}: assessment accuracy ${change("assessmentMicro")}, perplexity of right COTs ${change("perplexityPositive")}.`;
    })
    .join(" ");
