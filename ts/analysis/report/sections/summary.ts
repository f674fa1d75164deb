import { html, type Markup } from "../../document/markup.ts";
import { inShort, type Part } from "../inShort.ts";
import type { RunSummary } from "../schema.ts";

/** The whole report in plain words, before any table. */
export const summarySection = (summary: RunSummary): Markup => inShortSection(inShort(summary));

/** More sentences than this are easier to read one below the other. */
const mostRunningOn = 2;

export function inShortSection(parts: readonly Part[]): Markup {
  if (parts.length === 0) return html``;
  return html`<section aria-labelledby="in-short">
<h2 id="in-short">In short</h2>
${parts.map(({ heading, sentences, list = [] }) => {
  const isList = heading === found && sentences.length > mostRunningOn;
  return html`<h3>${heading}</h3>${isList ? items(sentences) : html`<p>${sentences.join(" ")}</p>`}${list.length > 0 && items(list)}`;
})}
</section>`;
}

const items = (texts: readonly string[]): Markup =>
  html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;

/** The part that holds results: each is one to be found again. */
export const found = "What came out";
