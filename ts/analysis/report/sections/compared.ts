import { html, type Markup } from "../../document/markup.ts";
import { describeMethod, givenNumbers, ownBetas } from "../describeMethod.ts";
import { glossary } from "../glossary.ts";
import type { RunSummary } from "../schema.ts";
import { scrolling } from "../scrolling.ts";

/** The methods in words, before any of their numbers, and the words themselves. */
export function comparedSection({ methods }: RunSummary): Markup {
  if (methods.length === 0) return html``;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const numbers = methods.map(givenNumbers);
  const hasNumbers = numbers.some((one) => one !== "");
  return html`<section aria-labelledby="compared">
<h2 id="compared">${methods.length === 1 ? "What is measured" : "What is compared"}</h2>
${scrolling(
  "Methods",
  html`<table class="methods"><caption>${
    methods.length === 1
      ? "The model, and how it was trained further"
      : "Each method goes on from the same model for the same number of steps, but where its settings say otherwise"
  }</caption>
<thead><tr><th scope="col">Method</th><th scope="col" class="text">what it does</th>${hasNumbers && html`<th scope="col" class="text">its settings</th>`}</tr></thead>
<tbody>${methods.map(
    (method, at) =>
      html`<tr><th scope="row">${method.label}</th><td class="text">${describeMethod(method)}</td>${hasNumbers && html`<td class="text">${numbers[at]}</td>`}</tr>`,
  )}</tbody></table>`,
)}
${methods.some(({ settings }) => settings.weight !== undefined) && html`<p class="note">weight: how much the method’s own loss counts beside the VFT loss on the reference. beta: how far below the lowest right solution the boundary lies, in mean log-probability a token; a larger one lets wrong solutions sink further.${ownBetas(methods).map((sentence) => ` ${sentence}`)}${methods.some(({ settings }) => settings.train !== undefined) && " Other settings differ from the training that all others share."}</p>`}
<h3>What the words mean</h3>
${glossary(k, methods.find(({ role }) => role === "continued")?.label)}
</section>`;
}
