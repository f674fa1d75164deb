import { html, type Markup } from "../document/markup.ts";
import { varied } from "../report/describeMethod.ts";
import { plural } from "../report/format.ts";
import { comparedSection } from "../report/sections/compared.ts";
import { inShortSection } from "../report/sections/summary.ts";
import { pageShell, whatItIs } from "../report/shell.ts";
import { type SweepData, type SweepView, viewOf } from "./data.ts";
import { sweepInShort } from "./inShort.ts";
import { cellsSection } from "./sections/cells.ts";
import { effectsSection } from "./sections/effects.ts";
import { sweepRecordSection } from "./sections/record.ts";
import { warningsSection } from "./sections/warnings.ts";

/** Drawn for wide windows: on narrow ones they scroll rather than shrink until nothing can be read. */
const wideCharts = "figure svg{min-width:960px}@media print{figure svg{min-width:0;max-width:100%}}";

/** A sweep's report.html: one file that fetches nothing, beside the cells' folders. */
export function renderSweepPage(data: SweepData): string {
  const view = viewOf(data);
  const { results } = view;
  return pageShell({
    kind: "Alignment fine-tuning, a sweep",
    name: results.name,
    description: results.description,
    intro: html`<p>${whatItIs} This page holds ${plural(results.cells.length, "variant")} of one experiment against each other.</p>`,
    sections: [
      { id: "in-short", title: "In short", content: inShortSection(sweepInShort(view)) },
      { id: "compared", title: "What is compared", content: methodsOf(view) },
      { id: "effects", title: "What each setting does", content: effectsSection(view) },
      { id: "cells", title: "Every cell", content: cellsSection(view) },
      { id: "warnings", title: "Warnings", content: warningsSection(view) },
      { id: "record", title: "The record", content: sweepRecordSection(view) },
    ],
    style: wideCharts,
    footer: "The same numbers are in sweep.json; each cell’s folder holds its own report.",
  });
}

/** Every method of any cell, in words; what varies between the cells is no setting of theirs. */
function methodsOf({ done, summaries, methods, results: { keys } }: SweepView): Markup {
  const first = summaries.get(done[0]?.cell ?? "");
  if (first === undefined) return html``;
  const byName = new Map(methods.map((method) => [method.name, method]));
  for (const key of keys) {
    const [part, name = "", ...path] = key.split(".");
    const method = part === "methods" ? byName.get(name) : undefined;
    if (method === undefined) continue;
    const isKind = path.length === 0 || path[0] === "method" || path[0] === "constraint";
    byName.set(
      name,
      isKind
        ? { ...method, method: varied, settings: {} }
        : { ...method, settings: withVaried(method.settings, path) },
    );
  }
  return comparedSection({ ...first, methods: [...byName.values()] });
}

function withVaried(settings: unknown, [name, ...path]: readonly string[]): Record<string, unknown> {
  const own = typeof settings === "object" && settings !== null ? settings : {};
  const inner = (own as Record<string, unknown>)[name!];
  return { ...own, [name!]: path.length === 0 ? varied : withVaried(inner, path) };
}
