import { html, type Markup } from "../../document/markup.ts";
import type { RunSummary } from "../../report/schema.ts";
import type { SweepView } from "../data.ts";

interface Warned {
  key: string;
  text: string;
}

/** What the cells' reports warn of, each kind once a method; the words are those of the first cell. */
export function warningsSection({ done, summaries }: SweepView): Markup {
  const found = new Map<string, { text: string; cells: string[] }>();
  for (const { cell } of done)
    for (const { key, text } of warnedIn(summaries.get(cell))) {
      const one = found.get(key) ?? { text, cells: [] };
      if (!one.cells.includes(cell)) one.cells.push(cell);
      found.set(key, one);
    }
  if (found.size === 0) return html``;
  const all = [...found.values()].sort((a, b) => b.cells.length - a.cells.length);
  return html`<section aria-labelledby="warnings">
<h2 id="warnings">What the cells’ reports warn of</h2>
<ul class="findings">${all.map(
    ({ text, cells }) =>
      html`<li><span class="badge warning">${cells.length} of ${done.length}</span> <span>${text}${cells.length > 1 && cells.length < done.length && html` <span class="quiet">(in the words of ${cells[0]}; also ${cells.slice(1).join("; ")})</span>`}${cells.length > 1 && cells.length === done.length && html` <span class="quiet">(in the words of ${cells[0]})</span>`}</span></li>`,
  )}</ul>
</section>`;
}

/** Warnings of the training each by its kind: that beta is too small in one cell says nothing of another. */
function warnedIn(summary: RunSummary | undefined): Warned[] {
  const { diagnostics = [], methods = [], training = [] } = summary ?? {};
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  return [
    ...diagnostics
      .filter(({ id, level }) => level === "warning" && id !== "warned-while-training")
      .map(({ id, method = "", text }) => ({ key: `${id} ${method}`, text })),
    ...training.flatMap(({ method, seed, warnings = [] }) =>
      warnings.map(({ kind, step, text }) => ({
        key: `while training ${kind ?? text} ${method}`,
        text: `${labels.get(method) ?? method}, while training, seed ${seed}, step ${step}: ${text}.`,
      })),
    ),
  ];
}
