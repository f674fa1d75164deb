import { html, type Markup } from "../../document/markup.ts";
import { bytes, duration, whole } from "../../report/format.ts";
import type { RunSummary } from "../../report/schema.ts";
import { scrolling } from "../../report/scrolling.ts";
import type { CostRow } from "./numbers.ts";

/** What the run took, stage by stage and method by method. */
export function costSection({ cost, methods, device }: RunSummary): Markup {
  if (cost === undefined || cost.total.runs === 0) return html``;
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  const accelerated = (cost.total.peakAcceleratorBytes ?? 0) > 0;
  const heads = html`<th scope="col">artefacts</th><th scope="col">time</th><th scope="col">of it in this run</th><th scope="col">tokens</th><th scope="col">tokens/s</th><th scope="col">main memory, highest</th>${accelerated && html`<th scope="col">accelerator memory, highest</th>`}`;
  const row = (one: CostRow, name: string): Markup =>
    html`<tr><th scope="row">${name}</th><td>${one.runs}</td><td>${duration(one.seconds)}</td><td>${duration(one.secondsHere)}</td><td>${number(one.tokens, whole)}</td><td>${number(one.tokensPerSecond, whole)}</td><td>${number(one.peakResidentBytes, bytes)}</td>${accelerated && html`<td>${number(one.peakAcceleratorBytes, bytes)}</td>`}</tr>`;
  return html`<section aria-labelledby="cost">
<h2 id="cost">What it cost</h2>
${scrolling(
  "Cost by stage",
  html`<table><caption>By stage, on ${device}</caption>
<thead><tr><th scope="col">Stage</th>${heads}</tr></thead>
<tbody>${cost.byStage.map((one) => row(one, one.name))}${row(cost.total, "all together")}</tbody></table>`,
)}
${
  cost.byMethod.length > 0 &&
  scrolling(
    "Cost by method",
    html`<table><caption>By method: its own training and evaluation, all seeds; VFT, samples and judging serve all methods and stand above</caption>
<thead><tr><th scope="col">Method</th>${heads}</tr></thead>
<tbody>${cost.byMethod.map((one) => row(one, labels.get(one.name) ?? one.name))}</tbody></table>`,
  )
}
<p class="note">Time is that of the work itself, interruptions left out, whenever it was done; work that was there already was reused. Tokens are those trained on, sampled or scored, and tokens/s go by the whole time of the stages that count them, loading the model included. Memory is the worker’s highest since its start, up to the end of the stage: a stage after a larger one shows the larger one’s. – : not recorded.</p>
</section>`;
}

const number = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);
