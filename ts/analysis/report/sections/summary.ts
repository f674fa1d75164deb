import { inShort } from "../inShort.ts";
import { html, type Markup } from "../markup.ts";
import type { RunSummary } from "../schema.ts";

/** The whole report in plain words, before any table. */
export function summarySection(summary: RunSummary): Markup {
  const parts = inShort(summary);
  if (parts.length === 0) return html``;
  return html`<section aria-labelledby="in-short">
<h2 id="in-short">In short</h2>
${parts.map(({ heading, sentences }) => html`<h3>${heading}</h3><p>${sentences.join(" ")}</p>`)}
</section>`;
}
