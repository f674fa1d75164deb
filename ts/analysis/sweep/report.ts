import { type Report, report, section, text } from "../document/blocks.ts";
import { renderHtml } from "../document/html.ts";
import { type MarkdownReport, renderMarkdown } from "../document/markdown.ts";
import { comparedTitle } from "../features/compared/view.ts";
import { chapterBlocks } from "../features/findings/catalogue.ts";
import { introduction } from "../features/introduction.ts";
import { plural } from "../format.ts";
import { certainty } from "./in-short/certainty.ts";
import { done } from "./in-short/done.ts";
import { results } from "./in-short/results.ts";
import { type SweepData, sweepNumbers } from "./numbers.ts";
import { sweepTop } from "./top.ts";
import { bestOfEach } from "./views/best-of-each.ts";
import { cells } from "./views/cells.ts";
import { effects } from "./views/effects.ts";
import { methods } from "./views/methods.ts";
import { record } from "./views/record.ts";
import { warnings } from "./views/warnings.ts";

export function renderSweep(data: SweepData): { page: string; markdown: MarkdownReport } {
  const document = sweepReport(data);
  return { page: renderHtml(document), markdown: renderMarkdown(document) };
}

/** A sweep's report, which lies beside the cells' folders. */
function sweepReport(data: SweepData): Report {
  const sweep = sweepNumbers(data);
  const { name, description, cells: all } = sweep.results;
  return report({
    kind: "Alignment fine-tuning, a sweep",
    title: name,
    description,
    introduction: text`${introduction} This page holds ${plural(all.length, "variant")} of one experiment against each other.`,
    top: sweepTop(sweep),
    sections: [
      section(
        { id: "in-short", title: "In short" },
        sweep.done.length > 0 && chapterBlocks([done, results, certainty], sweep),
      ),
      section({ id: "compared", title: comparedTitle(sweep.methods) }, methods(sweep)),
      section({ id: "effects", title: "What each setting does" }, effects(sweep)),
      section({ id: "best-of-each", title: "Each method at its best" }, bestOfEach(sweep)),
      section({ id: "cells", title: "Every cell" }, cells(sweep)),
      section(
        { id: "warnings", title: "What the cells’ reports warn of", contentsTitle: "Warnings" },
        warnings(sweep),
      ),
      section({ id: "record", title: "The record" }, record(sweep)),
    ],
    footer: "The same numbers are in sweep.json; each cell’s folder holds its own report.",
  });
}
