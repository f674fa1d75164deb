import { plural } from "../../report/format.ts";
import { html, type Markup } from "../../report/markup.ts";
import type { Diagnostic } from "../../report/schema.ts";
import type { SweepView } from "../data.ts";

interface Warned {
  diagnostic: Diagnostic;
  label: string;
  cells: string[];
}

/** What the cells' reports warn of, each kind once a method; the words are those of the first cell. */
export function warningsSection({ done, summaries }: SweepView): Markup {
  const found = new Map<string, Warned>();
  for (const { cell } of done) {
    const { diagnostics = [], methods = [] } = summaries.get(cell) ?? {};
    for (const diagnostic of diagnostics.filter(({ level }) => level === "warning")) {
      const key = `${diagnostic.id} ${diagnostic.method ?? ""}`;
      const label = methods.find(({ name }) => name === diagnostic.method)?.label ?? "";
      const one = found.get(key) ?? { diagnostic, label, cells: [] };
      if (!one.cells.includes(cell)) one.cells.push(cell);
      found.set(key, one);
    }
  }
  if (found.size === 0) return html``;
  const all = [...found.values()].sort((a, b) => b.cells.length - a.cells.length);
  return html`<section aria-labelledby="warnings">
<h2 id="warnings">What the cells’ reports warn of</h2>
<ul class="findings">${all.map(
    ({ diagnostic, cells }) =>
      html`<li><span class="badge warning">${cells.length} of ${done.length}</span><span>${diagnostic.text}${cells.length > 1 && html` <span class="quiet">(in the words of ${cells[0]}, the first of ${plural(cells.length, "cell")})</span>`}</span></li>`,
  )}</ul>
</section>`;
}
