import { html, type Markup } from "../../document/markup.ts";
import { plural } from "../../report/format.ts";
import type { Diagnostic, RunSummary } from "../../report/schema.ts";

const headings: Record<Diagnostic["id"], string> = {
  "gain-over-continued-vft": "Is there a gain over more plain fine-tuning?",
  "unequal-training": "Is the baseline fair to every method?",
  "overfit-to-assessing": "Over-fitted to assessing: does assessment accuracy rise while accuracy falls?",
  "positives-less-likely": "Did right COTs become less likely?",
  "out-of-distribution": "Did other tasks suffer?",
  "warned-while-training":
    "What was warned of while training? (Each seed by itself, on few questions: the findings above go by all of them)",
  "groups-without-pair": "How much of the training data can align?",
  "right-by-wrong-steps": "Right answers by wrong steps",
  "wrong-by-right-steps": "Wrong answers by right steps",
  "answers-not-in-form": "Answers that are there but not in the asked form",
  "unreadable-output": "Outputs without a readable answer",
};

/** What the numbers say, question by question; the most serious answers first. */
export function diagnosticsSection({ diagnostics }: RunSummary): Markup {
  const ids = (Object.keys(headings) as Diagnostic["id"][]).filter((id) =>
    diagnostics.some((diagnostic) => diagnostic.id === id),
  );
  return html`<section aria-labelledby="diagnostics">
<h2 id="diagnostics">What the numbers say</h2>
${ids.length === 0 ? html`<p>There is nothing to compare in this run.</p>` : ""}
${ids.map((id) => group(id, diagnostics))}
</section>`;
}

const order: readonly Diagnostic["level"][] = ["warning", "note", "fine"];

function group(id: Diagnostic["id"], diagnostics: readonly Diagnostic[]): Markup {
  const found = diagnostics
    .filter((diagnostic) => diagnostic.id === id)
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const of = (wanted: Diagnostic["level"]): Diagnostic[] => found.filter(({ level }) => level === wanted);
  // The same of one method after the other hides what is otherwise.
  const folded = (["note", "fine"] as const).filter((level) => of(level).length > most[level]);
  return html`<h3>${headings[id]}</h3>
${list(found.filter(({ level }) => !folded.some((one) => one === level)))}${folded.map(
  (level) =>
    html`<details><summary>${level === "note" ? plural(of(level).length, "note") : `${of(level).length} findings that are fine`}</summary>${list(of(level))}</details>`,
)}`;
}

/** So many of a level stand open. */
const most = { note: 4, fine: 2 } as const;

const list = (found: readonly Diagnostic[]): Markup | false =>
  found.length > 0 &&
  html`<ul class="findings">${found.map(
    ({ level, text }) => html`<li><span class="badge ${level}">${level}</span> <span>${text}</span></li>`,
  )}</ul>`;
