import { html, type Markup } from "../../document/markup.ts";
import { duration, percent, whole } from "../../report/format.ts";
import type { RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";

/** What is needed to judge and to repeat the run: data, stages, versions, the whole configuration. */
export const recordSection = (summary: RunSummary): Markup => html`<section aria-labelledby="record">
<h2 id="record">The record</h2>
<dl class="facts">
<dt>finished</dt><dd><time datetime="${summary.finishedAt}">${summary.finishedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</time></dd>
<dt>device</dt><dd>${summary.device}</dd>
<dt>seeds</dt><dd>${summary.seeds.join(", ")}</dd>
<dt>versions</dt><dd>${Object.entries(summary.versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(", ")}</dd>
</dl>
${provenance(summary)}
${tasksTable(summary)}
${summary.trainGroups.length > 0 ? trainingData(summary) : ""}
${summary.stages.length > 0 ? stages(summary) : ""}
${prompts(summary)}
<details><summary>The configuration in full (YAML)</summary><pre tabindex="0"><code>${summary.configYaml}</code></pre></details>
</section>`;

/** By what the run can be made again, and by what one can tell that it is the same. */
function provenance({ provenance: from, methods }: RunSummary): Markup | false {
  if (from === undefined) return false;
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  const digest = (text: string): Markup => html`<td class="text"><code class="digest">${text}</code></td>`;
  return html`<p>To make this run again, with <code>experiment.yaml</code> beside this report (its text stands below): <code>${from.command}</code>${from.base !== undefined && html`. The base model: ${from.base}`}</p>
${scrolling(
  "Digests",
  html`<table><caption>SHA-256 of the data and of the weights: equal digests, equal files</caption>
<thead><tr><th scope="col">what</th><th scope="col">seed</th><th scope="col" class="text">SHA-256</th></tr></thead>
<tbody>${from.data.map(
    ({ task, file, digest: text }) =>
      html`<tr><th scope="row">${task}, ${file}</th><td>–</td>${digest(text)}</tr>`,
  )}${from.weights.map(
    ({ method, seed, digest: text }) =>
      html`<tr><th scope="row">weights of ${labels.get(method) ?? method}</th><td>${seed}</td>${digest(text)}</tr>`,
  )}</tbody></table>`,
)}`;
}

function tasksTable({ tasks, split }: RunSummary): Markup | false {
  const pattern = (text: string | undefined): Markup =>
    html`<td class="text">${text === undefined ? "–" : html`<code>${text}</code>`}</td>`;
  return (
    tasks.length > 0 &&
    html`<div class="scroll" role="region" aria-label="Tasks" tabindex="0"><table><caption>Tasks, and how an answer is found in a text: an accuracy means little without it</caption>
<thead><tr><th scope="col">task</th><th scope="col" class="text">use</th><th scope="col">${split} questions</th><th scope="col" class="text">judged by</th><th scope="col" class="text">strict pattern</th><th scope="col" class="text">flexible pattern</th></tr></thead>
<tbody>${tasks.map(
      ({ name, use, questions, extract, patterns }) =>
        html`<tr><th scope="row">${name}</th><td class="text">${use === "train" ? "trained on, evaluated" : "evaluated only"}</td><td>${whole(questions)}</td><td class="text">${extract ?? "–"}</td>${pattern(patterns?.strict)}${pattern(patterns?.flexible)}</tr>`,
    )}</tbody></table></div>`
  );
}

const prompts = ({ prompts: all = [] }: RunSummary): Markup[] =>
  all.map(
    ({ task, template, digest, first }) =>
      html`<details><summary>The exact prompt: ${task}${template !== undefined && ` (${template})`}</summary><p class="note">One of its questions as the model got it; SHA-256 of all its prompts <code class="digest">${digest}</code></p><pre tabindex="0"><code>${first}</code></pre></details>`,
  );

function trainingData({ trainGroups }: RunSummary): Markup {
  const heads = ["seed", "questions", "COTs", "with a pair", "without a right COT", "without a wrong COT"];
  return html`<div class="scroll" role="region" aria-label="Training groups" tabindex="0"><table><caption>What the alignment stages learnt from: the VFT model’s samples on the training questions</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}<th scope="col" class="text">the judge’s own counts</th></tr></thead>
<tbody>${trainGroups.map(
    (group) =>
      html`<tr><th scope="row">${group.seed}</th><td>${whole(group.groups)}</td><td>${whole(group.candidates)}</td><td>${whole(group.withPair)} <small>${percent(group.groups === 0 ? null : group.withPair / group.groups)} %</small></td><td>${whole(group.withoutPositive)}</td><td>${whole(group.withoutNegative)}</td><td class="text counts">${Object.entries(
        group.counts,
      )
        .map(([name, count]) => `${spaced(name)} ${whole(count)}`)
        .join(", ")}</td></tr>`,
  )}</tbody></table></div>`;
}

/** `withoutAnswer` as a reader's words. */
const spaced = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

function stages({ stages: all, methods, seeds }: RunSummary): Markup {
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  const fresh = all.filter(({ reused }) => !reused).reduce((sum, { seconds }) => sum + seconds, 0);
  const total = all.reduce((sum, { seconds }) => sum + seconds, 0);
  return html`<details><summary>Every stage and its artefact</summary><div class="scroll" role="region" aria-label="Stages" tabindex="0"><table><caption>Stages: ${duration(total)} of work, of which ${duration(fresh)} in this run; the rest was reused</caption>
<thead><tr><th scope="col">stage</th><th scope="col" class="text">method, task</th><th scope="col">seed</th><th scope="col">time</th><th scope="col">tokens</th><th scope="col">tokens/s</th><th scope="col" class="text">artefact</th></tr></thead>
<tbody>${all.map(
    ({ stage, method, task, seed, seconds, tokens, reused, artefact }) =>
      html`<tr><th scope="row">${stage}</th><td class="text">${[method === undefined ? undefined : (labels.get(method) ?? method), task].filter((part) => part !== undefined).join(", ") || "–"}</td><td>${seeds.includes(seed) ? seed : "all"}</td><td>${duration(seconds)}${reused && html` <span class="badge reused">reused</span>`}</td><td>${tokens === undefined ? "–" : whole(tokens)}</td><td>${tokens === undefined || seconds === 0 ? "–" : whole(tokens / seconds)}</td><td class="text"><code>${artefact}</code></td></tr>`,
  )}</tbody></table></div></details>`;
}
